import { Duration } from 'aws-cdk-lib'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

export type WorkQueueProps = {
  /** The worker sets its own visibility timeout. Lambda uses this one, and needs six times its own time-out. */
  visibilitySeconds: number
}

/** A standard queue with its dead-letter queue, with settings that pass `aftercall doctor`. */
export class WorkQueue extends Construct {
  readonly queue: sqs.Queue
  readonly deadLetters: sqs.Queue

  constructor(scope: Construct, id: string, { visibilitySeconds }: WorkQueueProps) {
    super(scope, id)
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      ...shared,
      // A dead letter keeps the age of its message, so it must be retained longer.
      retentionPeriod: Duration.days(14),
    })
    this.queue = new sqs.Queue(this, 'Queue', {
      ...shared,
      retentionPeriod: Duration.days(7),
      visibilityTimeout: Duration.seconds(visibilitySeconds),
      receiveMessageWaitTime: Duration.seconds(20),
      // A deployment uses up a receive of each message in flight.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 10 },
    })
  }
}

const shared: sqs.QueueProps = {
  // A backfill sends messages up to 1 MiB, the maximum of SQS.
  maxMessageSizeBytes: 1_048_576,
  // With a KMS key, S3 and EventBridge would need rights to it; for alias/aws/sqs they can never get them.
  encryption: sqs.QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
}
