import { Arn, Stack } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import * as targets from 'aws-cdk-lib/aws-events-targets'
import * as iam from 'aws-cdk-lib/aws-iam'
import type { CfnQueuePolicy, Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Deployment, Source } from './deployment.ts'
import type { LandingBucket } from './landing-bucket.ts'

export type Announcement = {
  landing: LandingBucket
  queue: Queue
  deployment: Pick<Deployment, 'announce' | 'sources' | 'bucket'>
}

/** Announces each new object of the sources to the queue, and allows no other sender. */
export function announceObjects(scope: Construct, announcement: Announcement): void {
  switch (announcement.deployment.announce) {
    case 'direct':
      announceDirectly(announcement)
      break
    case 'eventbridge':
      announceByEventBridge(scope, announcement)
  }
}

/**
 * S3 checks that it may send to the queue when the notification is created, so the policy must exist first. For a bucket
 * that the stack does not own, it only creates the policy of the queue (https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html).
 */
function announceDirectly({ landing, queue, deployment: { sources, bucket } }: Announcement): void {
  queue.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'TheBucketMaySend',
      principals: [new iam.ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        ArnEquals: { 'aws:SourceArn': landing.bucketArn },
        StringEquals: { 'aws:SourceAccount': ownerOf(queue, bucket) },
      },
    }),
  )
  if (landing.resource === undefined) return
  landing.resource.notificationConfiguration = {
    queueConfigurations: sources.map(({ prefix }) => ({
      event: 's3:ObjectCreated:*',
      queue: queue.queueArn,
      ...(prefix === '' ? {} : { filter: { s3Key: { rules: [{ name: 'prefix', value: prefix }] } } }),
    })),
  }
  landing.resource.addResourceDependency(policyOf(queue))
}

/**
 * Our bucket sends all events to EventBridge, and the rule filters them. For a bucket in another account, its owner
 * forwards the events to this account's default bus (`ForwardedBucket`), which allows that account to put events.
 */
function announceByEventBridge(scope: Construct, { landing, queue, deployment }: Announcement): void {
  const { sources, bucket } = deployment
  if (landing.resource !== undefined) {
    landing.resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
  }
  const account = ownerOf(queue, bucket)
  if (bucket.kind === 'existing' && bucket.ownerAccount !== undefined) {
    new events.CfnEventBusPolicy(scope, 'OwnerMayForward', {
      statementId: `${Stack.of(scope).stackName}-forwarding`,
      statement: {
        Effect: 'Allow',
        Principal: { AWS: Arn.format(rootOf(bucket.ownerAccount), Stack.of(scope)) },
        Action: 'events:PutEvents',
        Resource: Arn.format(defaultBus, Stack.of(scope)),
      },
    })
  }
  const rule = new events.Rule(scope, 'NewObjects', {
    description: `New objects of ${landing.bucketName} for the live queue`,
    eventPattern: { account: [account], ...patternOf(landing.bucketName, sources) },
  })
  rule.addTarget(new targets.SqsQueue(queue))
}

const defaultBus = { service: 'events', resource: 'event-bus', resourceName: 'default' }
const rootOf = (account: string) => ({ service: 'iam', region: '', account, resource: 'root' })

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function patternOf(
  bucketName: string,
  sources: readonly Pick<Source, 'prefix'>[],
): events.EventPattern {
  const isWhole = sources.some(({ prefix }) => prefix === '')
  return {
    source: ['aws.s3'],
    detailType: ['Object Created'],
    detail: {
      bucket: { name: [bucketName] },
      ...(isWhole ? {} : { object: { key: sources.map(({ prefix }) => ({ prefix })) } }),
    },
  }
}

function ownerOf(queue: Queue, bucket: Deployment['bucket']): string {
  const owner = bucket.kind === 'existing' ? bucket.ownerAccount : undefined
  return owner ?? Stack.of(queue).account
}

function policyOf(queue: Queue): CfnQueuePolicy {
  return queue.node.findChild('Policy').node.defaultChild as CfnQueuePolicy
}
