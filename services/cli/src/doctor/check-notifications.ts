import type { SourceConfig } from '@aftercall/runtime/config/config'
import type { NotificationRule, NotificationRules } from '@aftercall/storage/objects/bucket-settings'
import type { QueueSettings } from '@aftercall/storage/queue/queue-settings'
import { arnOfBucket } from './arn-of-bucket.ts'
import type { CheckResult } from './check-result.ts'
import { mayReceiveFrom } from './queue-policy.ts'

type Place = Pick<SourceConfig, 'name' | 'bucket' | 'prefix'>
type Queue = Pick<QueueSettings, 'arn' | 'policy' | 'encryptionKey'>

/** Whether every new file of the source is announced to the queue, judged by the settings of bucket and queue. Pure. */
export function checkNotifications(source: Place, read: NotificationRules, queue: Queue): CheckResult[] {
  const check = `source ${source.name}: notifications`
  if (read.kind === 'unreadable') {
    const fix =
      read.reason === 'not_allowed'
        ? `allow s3:GetBucketNotification on ${source.bucket}; only this check needs it`
        : 'check that the bucket sends s3:ObjectCreated:* events to the queue'
    return [{ check, level: 'notice', detail: `could not be checked: ${read.detail}`, fix }]
  }
  const problem = findGap(source, read.rules, queue)
  if (problem !== undefined) return [{ check, ...problem }]
  const targets = targetsOf(source, read.rules, queue)
  return [
    { check, level: 'ok', detail: targets.map(describeTarget).join('; ') },
    ...checkSender(source, targets, queue),
  ]
}

type Gap = Pick<CheckResult, 'level' | 'detail' | 'fix'>

const created = 's3:ObjectCreated:'
/** The events of an upload, a copy and a multipart upload. */
const kinds = ['Put', 'Copy', 'CompleteMultipartUpload']

function findGap(source: Place, rules: readonly NotificationRule[], queue: Queue): Gap | undefined {
  const { bucket, prefix } = source
  const whole = `all of s3:ObjectCreated:*, prefix "${prefix}", to ${queue.arn ?? 'the queue'}`
  const gap = (level: CheckResult['level'], detail: string): Gap => ({
    level,
    detail,
    fix: `configure ${bucket} to send ${whole}; or set discover: poll (see also reconcile.every)`,
  })
  const creating = rules.filter(({ events }) => events.some((event) => event.startsWith(created)))
  const reaching = creating.filter(({ target }) => reaches(target, queue))
  if (reaching.length === 0) {
    const others = creating.flatMap(({ target }) => (target.kind === 'eventbridge' ? [] : [target.arn]))
    if (others.length === 0) return gap('problem', 'this bucket does not announce new objects')
    return gap('problem', `new objects are announced to ${others.join(', ')}, not to the configured queue`)
  }
  const covering = reaching.filter((rule) => prefix.startsWith(rule.prefix))
  if (covering.length === 0) {
    const covered = reaching.map((rule) => `"${rule.prefix}"`).join(', ')
    return gap('problem', `only keys that begin with ${covered} are announced`)
  }
  for (const [extension, level] of [
    ['.json', 'problem'],
    ['.txt', 'notice'],
  ] as const) {
    const ofExtension = covering.filter(({ suffix }) => extension.endsWith(suffix))
    if (ofExtension.length === 0) return gap(level, `${extension} files are not announced`)
    const missing = kinds.filter((kind) => !ofExtension.some(({ events }) => includes(events, kind)))
    if (missing.length > 0) {
      const isUsual = missing.includes('Put')
      return gap(
        isUsual ? 'problem' : 'notice',
        `${extension} files that are created by ${missing.join(' or ')} are not announced`,
      )
    }
  }
  return undefined
}

function includes(events: readonly string[], kind: string): boolean {
  return events.includes(`${created}*`) || events.includes(`${created}${kind}`)
}

function reaches(target: NotificationRule['target'], queue: Queue): boolean {
  return target.kind !== 'queue' || queue.arn === undefined || target.arn === queue.arn
}

function targetsOf(
  source: Place,
  rules: readonly NotificationRule[],
  queue: Queue,
): NotificationRule['target'][] {
  return rules
    .filter(
      ({ events, prefix }) =>
        events.some((event) => event.startsWith(created)) && source.prefix.startsWith(prefix),
    )
    .map(({ target }) => target)
    .filter((target) => reaches(target, queue))
}

function describeTarget(target: NotificationRule['target']): string {
  switch (target.kind) {
    case 'queue':
      return 'the bucket announces new objects to the queue'
    case 'topic':
      return `the bucket announces new objects to ${target.arn}; its subscription to the queue is not checked`
    case 'eventbridge':
      return 'the bucket announces new objects to EventBridge; the rule that sends them to the queue is not checked'
  }
}

const senderOf = {
  queue: 's3.amazonaws.com',
  topic: 'sns.amazonaws.com',
  eventbridge: 'events.amazonaws.com',
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html */
function checkSender(source: Place, targets: NotificationRule['target'][], queue: Queue): CheckResult[] {
  const check = `source ${source.name}: queue policy`
  const bucketArn = arnOfBucket(source.bucket, queue.arn)
  const services = [...new Set(targets.map(({ kind }) => senderOf[kind]))]
  if (queue.encryptionKey?.endsWith('alias/aws/sqs')) {
    const fix = 'use SSE-SQS, or a customer managed key whose policy allows the service to use it'
    const detail = `no service can send to a queue that is encrypted with ${queue.encryptionKey}`
    return [{ check, level: 'problem', detail, fix }]
  }
  const refused = services.filter((service) => {
    const sourceArn = service === senderOf.queue ? bucketArn : undefined
    return !mayReceiveFrom(queue.policy, { service, sourceArn })
  })
  if (refused.length === 0) return [{ check, level: 'ok', detail: `${services.join(', ')} may send` }]
  const fix = `allow sqs:SendMessage to ${refused.join(', ')} in the policy of the queue, for ${bucketArn}`
  return [{ check, level: 'problem', detail: `${refused.join(', ')} may not send to the queue`, fix }]
}
