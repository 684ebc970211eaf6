import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { CallQueue, QueueCall } from './call-queue.ts'

/** Calls SQS through the SDK, which makes up to three attempts. */
export function callQueueBySdk(client: SQSClient): CallQueue {
  return (call, { signal, timeoutMs }) =>
    send(client, call, { abortSignal: signal, requestTimeout: timeoutMs })
}

function send(
  client: SQSClient,
  { name, input }: QueueCall,
  limits: { abortSignal: AbortSignal; requestTimeout: number },
): Promise<unknown> {
  switch (name) {
    case 'ReceiveMessage':
      return client.send(new ReceiveMessageCommand(input), limits)
    case 'DeleteMessageBatch':
      return client.send(new DeleteMessageBatchCommand(input), limits)
    case 'ChangeMessageVisibilityBatch':
      return client.send(new ChangeMessageVisibilityBatchCommand(input), limits)
  }
}
