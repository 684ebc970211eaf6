import { Stack, type StackProps } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import * as targets from 'aws-cdk-lib/aws-events-targets'
import type { Construct } from 'constructs'
import { patternOf } from './announce-objects.ts'
import type { Source } from './deployment.ts'

export type ForwardedBucketProps = StackProps & {
  bucketName: string
  sources: readonly Pick<Source, 'prefix'>[]
  /** In the account and Region that Aftercall runs in: `arn:aws:events:eu-west-1:111122223333:event-bus/default`. */
  eventBusArn: string
}

/** Deployed in the account that owns the bucket: forwards events of new objects to the account of Aftercall. */
export class ForwardedBucket extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { bucketName, sources, eventBusArn, ...props }: ForwardedBucketProps,
  ) {
    super(scope, id, props)
    const bus = events.EventBus.fromEventBusArn(this, 'Bus', eventBusArn)
    new events.Rule(this, 'NewObjects', {
      description: `New objects of ${bucketName} for Aftercall`,
      eventPattern: patternOf(bucketName, sources),
      targets: [new targets.EventBus(bus)],
    })
  }
}
