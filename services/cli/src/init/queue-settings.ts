/** The settings of the queue and of its dead-letter queue, as SQS names them. They pass `aftercall doctor`. */
export const queueAttributes = {
  // How long a message waits after a worker was killed. The worker sets its own and extends it.
  VisibilityTimeout: '60',
  MessageRetentionPeriod: String(7 * 86_400),
}

export const deadLetterAttributes = {
  // A dead letter keeps the age of its message, so it must be retained longer.
  MessageRetentionPeriod: String(14 * 86_400),
}

/** Each deployment uses up a receive of the messages in flight. */
export const receivesMax = 10

/** What the bucket announces. */
export const announcedEvents = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*']
