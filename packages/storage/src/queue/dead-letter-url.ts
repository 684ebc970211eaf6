/**
 * The URL of the dead-letter queue that a redrive policy names. It is in the account and Region of the queue it serves
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html), so only the
 * name differs; asking SQS for it would take another permission.
 */
export function deadLetterUrlOf(queueUrl: string, deadLetterArn: string): string {
  const name = deadLetterArn.slice(deadLetterArn.lastIndexOf(':') + 1)
  return `${queueUrl.slice(0, queueUrl.lastIndexOf('/') + 1)}${name}`
}
