import { type InitAnswers, resourceName } from './init-answers.ts'
import { announcedEvents, deadLetterAttributes, queueAttributes, receivesMax } from './queue-settings.ts'

/**
 * `aws-setup.sh`: POSIX shell and the AWS CLI alone. It changes only what it has made itself: a queue whose policy is for
 * another sender is left as it is, and the rules of the bucket for other targets stay.
 */
export function awsSetupScript(answers: InitAnswers): string {
  return [prelude(answers), makeQueues(), allowBucket(), announceFiles(answers)].join('\n')
}

function prelude(answers: InitAnswers): string {
  const { source, bucket, region } = answers
  return `#!/bin/sh
# Makes the queue of Aftercall for ${source} with its dead-letter queue, and lets the bucket announce its files there. Needs the
# AWS CLI with the rights to change both. Safe to run again. Prints the address of the queue as a line for aftercall.env:
#   sh aws-setup.sh >> aftercall.env
set -eu
export AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_PAGER=
bucket=${shellQuote(bucket)}
queue=${resourceName(answers)}

say() { printf '%s\\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

command -v aws > /dev/null || fail 'the AWS CLI is missing: https://aws.amazon.com/cli/'
found=$(aws s3api head-bucket --bucket "$bucket" --query BucketRegion --output text) ||
  fail "cannot use the bucket $bucket: check its name, and that these credentials may see it"
case $found in
  '' | None | "$AWS_REGION") ;;
  *) fail "the bucket $bucket is in $found, and S3 announces files only to a queue in its own Region: run aftercall init again with --region $found" ;;
esac
`
}

function makeQueues(): string {
  const redrive = JSON.stringify({ deadLetterTargetArn: '$dead_arn', maxReceiveCount: String(receivesMax) })
  return `# The address of a queue, which is made if there is none.
make_queue() {
  aws sqs get-queue-url --queue-name "$1" --query QueueUrl --output text 2> /dev/null ||
    aws sqs create-queue --queue-name "$1" --query QueueUrl --output text
}
# One attribute of a queue.
read_queue() {
  aws sqs get-queue-attributes --queue-url "$1" --attribute-names "$2" --query "Attributes.$2" --output text
}

dead_url=$(make_queue "$queue-dead-letters")
queue_url=$(make_queue "$queue")
dead_arn=$(read_queue "$dead_url" QueueArn)
queue_arn=$(read_queue "$queue_url" QueueArn)
say "queue $queue_arn"

aws sqs set-queue-attributes --queue-url "$dead_url" --attributes ${shellQuote(JSON.stringify(deadLetterAttributes))}
aws sqs set-queue-attributes --queue-url "$queue_url" --attributes "${inDoubleQuotes({ ...queueAttributes, RedrivePolicy: redrive })}"
`
}

function allowBucket(): string {
  const policy = { queueArn: '$queue_arn', bucketArn: '$bucket_arn', account: '$account' }
  return `# S3 has to be allowed to send, for this bucket of this account alone.
account=$(printf %s "$queue_arn" | cut -d: -f5)
bucket_arn="arn:$(printf %s "$queue_arn" | cut -d: -f2):s3:::$bucket"
case $(read_queue "$queue_url" Policy) in
  *"\\"$bucket_arn\\""*) say 'the policy of the queue stays as it is' ;;
  '' | None)
    aws sqs set-queue-attributes --queue-url "$queue_url" --attributes "${inDoubleQuotes({ Policy: JSON.stringify(queuePolicy(policy)) })}"
    ;;
  *) fail "the queue $queue has a policy for others, which this script does not replace. Allow s3.amazonaws.com sqs:SendMessage for $bucket_arn in it, and run this again" ;;
esac
`
}

function announceFiles(answers: InitAnswers): string {
  const { prefix } = answers
  const filter = { Key: { FilterRules: [{ Name: 'prefix', Value: prefix }] } }
  const rule = {
    Id: resourceName(answers),
    // The shell puts it in.
    QueueArn: '@QUEUE_ARN@',
    Events: announcedEvents,
    ...(prefix === '' ? {} : { Filter: filter }),
  }
  const merge = shellQuote(mergeQuery(rule)).replace('@QUEUE_ARN@', `'"$queue_arn"'`)
  return `# Writing replaces all rules of the bucket, so the others are read first, and written back with ours.
rules=$(aws s3api get-bucket-notification-configuration --bucket "$bucket" --output json --query ${merge})
for pause in 5 10 20 40 0; do
  if problem=$(aws s3api put-bucket-notification-configuration --bucket "$bucket" --notification-configuration "$rules" 2>&1); then
    say "the bucket $bucket announces its files to the queue"
    printf 'LIVE_QUEUE_URL=%s\\n' "$queue_url"
    exit 0
  fi
  case $problem in
    # It can take a minute until S3 sees a new policy.
    *'Unable to validate'*) sleep "$pause" ;;
    *verlap*) fail "$problem. Another rule of the bucket announces the same files, and S3 allows one: send its events to a topic or to EventBridge, and from there to both" ;;
    *) fail "$problem" ;;
  esac
done
fail "$problem"
`
}

/**
 * A query of the AWS CLI (JMESPath) for the rules that there are and ours, in place of an earlier one of ours. For a bucket
 * without rules, the CLI asks it of an empty object.
 */
export function mergeQuery(rule: { Id: string }): string {
  const literal = (value: unknown): string => `\`${JSON.stringify(value).replaceAll('`', '\\`')}\``
  const others = `not_null(QueueConfigurations, \`[]\`)[?Id != ${literal(rule.Id)}]`
  return `merge(@, {QueueConfigurations: [${others}, ${literal([rule])}][]})`
}

/** The account as well as the bucket: after a bucket was deleted, another account can take its name. */
export function queuePolicy(of: { queueArn: string; bucketArn: string; account: string }): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'BucketAnnounces',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: of.queueArn,
        Condition: {
          ArnLike: { 'aws:SourceArn': of.bucketArn },
          StringEquals: { 'aws:SourceAccount': of.account },
        },
      },
    ],
  }
}

/** JSON between double quotes of a shell, which puts in the variables that it names. */
function inDoubleQuotes(value: object): string {
  return JSON.stringify(value).replaceAll(/[\\"`]/g, '\\$&')
}

/** One word for a POSIX shell, with any text in it. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
