/**
 * The ARN of a bucket in its partition: `aws`, `aws-cn`, `aws-us-gov`, …
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). `near` is a Region, or an ARN in the same
 * partition.
 */
export function arnOfBucket(bucket: string, near: string | undefined): string {
  // An access point is configured by its ARN instead of a bucket name.
  return bucket.startsWith('arn:') ? bucket : `arn:${partitionOf(near)}:s3:::${bucket}`
}

const partitions: readonly [prefix: string, partition: string][] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['us-iso-', 'aws-iso'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
]

function partitionOf(near = ''): string {
  const ofArn = /^arn:([a-z-]+):/.exec(near)?.[1]
  return ofArn ?? partitions.find(([prefix]) => near.startsWith(prefix))?.[1] ?? 'aws'
}
