import { arnOfBucket } from '../doctor/arn-of-bucket.ts'
import { type InitAnswers, resourceName } from './init-answers.ts'

export type PolicyStatement = {
  Sid: string
  Effect: 'Allow'
  Action: string[]
  Resource: string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

/** The least rights of every command but `backfill --via queue`, as an IAM policy. A bucket with a KMS key needs kms:Decrypt too. */
export function workerPolicy(answers: InitAnswers): { Version: string; Statement: PolicyStatement[] } {
  const { bucket, prefix, region } = answers
  const bucketArn = arnOfBucket(bucket, region)
  const [, partition = 'aws'] = bucketArn.split(':')
  const queueArn = `arn:${partition}:sqs:${region}:*:${resourceName(answers)}`
  const keys = `${escapeWildcards(prefix)}*`
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'ReadFiles',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:GetObjectVersion'],
        Resource: [`${bucketArn}/${keys}`],
      },
      {
        Sid: 'ListFiles',
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: [bucketArn],
        // "IfExists", because a GET has no prefix; otherwise a deleted object would look like denied access.
        Condition: { StringLikeIfExists: { 's3:prefix': keys } },
      },
      {
        Sid: 'CheckBucket',
        Effect: 'Allow',
        Action: ['s3:GetBucketNotification', 's3:GetLifecycleConfiguration'],
        Resource: [bucketArn],
      },
      {
        Sid: 'ConsumeQueue',
        Effect: 'Allow',
        Action: [
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:ChangeMessageVisibility',
          'sqs:GetQueueAttributes',
        ],
        Resource: [queueArn, `${queueArn}-dead-letters`],
        // In place of the account in the ARN, which is not known here.
        Condition: { StringEquals: { 'aws:ResourceAccount': '\u0024{aws:PrincipalAccount}' } },
      },
    ],
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
function escapeWildcards(text: string): string {
  return text.replaceAll(/[*?$]/g, '$${$&}')
}
