import { Arn, Duration, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { closedBucket, makeLogBucket } from './closed-bucket.ts'
import type { ExistingBucket, NewBucket } from './deployment.ts'

/** The bucket where session files land: created by the stack, or an existing one that is only read. */
export class LandingBucket extends Construct {
  readonly bucketName: string
  readonly bucketArn: string
  /** The KMS key that encrypts the objects, if there is one. */
  readonly keyArn: string | undefined
  /** Filled by `announceObjects`; undefined for an existing bucket. */
  readonly resource: s3.CfnBucket | undefined

  constructor(scope: Construct, id: string, props: NewBucket | ExistingBucket) {
    super(scope, id)
    this.bucketName = props.bucketName
    // By name, not by reference, because the queue's policy names the bucket and the bucket names the queue.
    this.bucketArn = Arn.format(
      { service: 's3', region: '', account: '', resource: props.bucketName },
      Stack.of(this),
    )
    if (props.kind === 'existing') {
      this.keyArn = props.keyArn
      return
    }
    const key = new kms.Key(this, 'Key', {
      description: `Objects of ${props.bucketName}`,
      enableKeyRotation: true,
    })
    const bucket = this.makeBucket(props, key)
    this.keyArn = key.keyArn
    this.resource = bucket.node.defaultChild as s3.CfnBucket
  }

  private makeBucket(props: NewBucket, encryptionKey: kms.Key): s3.Bucket {
    return new s3.Bucket(this, 'Bucket', {
      ...closedBucket,
      bucketName: props.bucketName,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey,
      // One KMS request for many objects instead of one each.
      bucketKeyEnabled: true,
      versioned: props.versioned,
      serverAccessLogsBucket: makeLogBucket(this, 'AccessLog'),
      lifecycleRules: lifecycleOf(props),
    })
  }
}

function lifecycleOf({ versioned, expireDays }: NewBucket): s3.LifecycleRule[] {
  return [
    { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ...(versioned ? [{ id: 'old-versions', noncurrentVersionExpiration: Duration.days(90) }] : []),
    ...(expireDays === undefined ? [] : [{ id: 'old-files', expiration: Duration.days(expireDays) }]),
  ]
}

/** The right to put objects below a prefix, and nothing else. */
export function grantWriting(
  grantee: iam.IGrantable,
  { bucketArn, keyArn }: LandingBucket,
  prefix: string,
): void {
  const put = new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: [`${bucketArn}/${prefix}*`] })
  grantee.grantPrincipal.addToPrincipalPolicy(put)
  if (keyArn === undefined) return
  // A multipart upload needs the key again for each part.
  const encrypt = { actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: [keyArn] }
  grantee.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement(encrypt))
}
