import * as iam from 'aws-cdk-lib/aws-iam'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Source } from './deployment.ts'
import type { LandingBucket } from './landing-bucket.ts'

/** Rights to read the files of the sources, for worker, backfill and reconcile. */
export function grantReading(
  role: iam.IGrantable,
  { bucketArn, keyArn }: LandingBucket,
  sources: readonly Source[],
): void {
  const prefixes = sources.map(({ prefix }) => `${prefix}*`)
  allow(
    role,
    ['s3:GetObject', 's3:GetObjectVersion'],
    prefixes.map((prefix) => `${bucketArn}/${prefix}`),
  )
  allow(role, ['s3:ListBucket'], [bucketArn], {
    // "IfExists", because a GET has no prefix; otherwise a deleted object would look like denied access.
    StringLikeIfExists: { 's3:prefix': prefixes },
  })
  if (keyArn !== undefined) allow(role, ['kms:Decrypt'], [keyArn])
}

/** More rights for the checks of `aftercall doctor`. */
export function grantInspecting(role: iam.IGrantable, { bucketArn }: LandingBucket): void {
  allow(role, ['s3:GetBucketNotification', 's3:GetLifecycleConfiguration'], [bucketArn])
}

/** Batch calls of SQS need the right to the single call. */
export function grantConsuming(role: iam.IGrantable, queues: readonly IQueue[]): void {
  const actions = [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:GetQueueAttributes',
  ]
  allow(
    role,
    actions,
    queues.map(({ queueArn }) => queueArn),
  )
}

export function grantCounting(role: iam.IGrantable, queues: readonly IQueue[]): void {
  allow(
    role,
    ['sqs:GetQueueAttributes'],
    queues.map(({ queueArn }) => queueArn),
  )
}

export function grantSending(role: iam.IGrantable, queues: readonly IQueue[]): void {
  allow(
    role,
    ['sqs:SendMessage'],
    queues.map(({ queueArn }) => queueArn),
  )
}

export type LakeRights = { bucketArn: string; prefix: string; keyArn: string | undefined }

/** Rights to keep a lake below a prefix (docs/lake.md). */
export function grantPublishing(role: iam.IGrantable, { bucketArn, prefix, keyArn }: LakeRights): void {
  const actions = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:AbortMultipartUpload']
  allow(role, actions, [`${bucketArn}/${prefix}/*`])
  // "IfExists", because a GET has no prefix; otherwise a manifest that is not there yet would look like denied access.
  allow(role, ['s3:ListBucket'], [bucketArn], { StringLikeIfExists: { 's3:prefix': [`${prefix}/*`] } })
  // A multipart upload needs the key again for each part.
  if (keyArn !== undefined) allow(role, ['kms:GenerateDataKey', 'kms:Decrypt'], [keyArn])
}

export function allow(
  { grantPrincipal }: iam.IGrantable,
  actions: string[],
  resources: string[],
  conditions: Record<string, Record<string, unknown>> = {},
): void {
  grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }))
}
