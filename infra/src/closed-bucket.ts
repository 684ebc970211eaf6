import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import * as s3 from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

/** The settings of all our buckets: not public, TLS only, and kept when the stack is deleted. */
export const closedBucket = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
} satisfies s3.BucketProps

/** A bucket for access logs, which are kept for 90 days. */
export function makeLogBucket(scope: Construct, id: string): s3.Bucket {
  return new s3.Bucket(scope, id, {
    ...closedBucket,
    // Neither S3 nor load balancers can write logs to a bucket with a KMS key
    // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html).
    encryption: s3.BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ id: 'forget', expiration: Duration.days(90) }],
  })
}
