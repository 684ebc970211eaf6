/** By the URL of a queue or its ARN (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html). */
export function isFifo(queue: string): boolean {
  return queue.endsWith('.fifo')
}
