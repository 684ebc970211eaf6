import { Duration } from 'aws-cdk-lib'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

export type WorkQueueProps = {
  /** The worker sets its own; Lambda takes the queue's, and wants six times its own time limit. */
  visibilitySeconds: number
}

/** A standard queue as `aftercall doctor` wants it, with its dead-letter queue. */
export class WorkQueue extends Construct {
  readonly queue: sqs.Queue
  readonly deadLetters: sqs.Queue

  constructor(scope: Construct, id: string, { visibilitySeconds }: WorkQueueProps) {
    super(scope, id)
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      ...shared,
      // A dead letter is as old as its message, so it has to live longer than that.
      retentionPeriod: Duration.days(14),
    })
    this.queue = new sqs.Queue(this, 'Queue', {
      ...shared,
      retentionPeriod: Duration.days(7),
      visibilityTimeout: Duration.seconds(visibilitySeconds),
      receiveMessageWaitTime: Duration.seconds(20),
      // A deploy uses up a receive of what was under way.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 10 },
    })
  }
}

const shared: sqs.QueueProps = {
  // A backfill sends up to 1 MiB; a larger limit does not exist.
  maxMessageSizeBytes: 1_048_576,
  // With a key of KMS, S3 and EventBridge would need rights to it; with alias/aws/sqs they can never have them.
  encryption: sqs.QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
}
