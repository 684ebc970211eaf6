import type {
  ChangeMessageVisibilityBatchCommandInput,
  DeleteMessageBatchCommandInput,
  ReceiveMessageCommandInput,
} from '@aws-sdk/client-sqs'

/**
 * Makes one of the calls that every message needs, and returns SQS's answer unchanged. There are two implementations:
 * `callQueueBySdk`, and `callQueueSigned`, which uses a third of the CPU. Rejects with an Error that `classifyError` can
 * read. Callers decide whether to try again.
 */
export type CallQueue = (call: QueueCall, limits: CallLimits) => Promise<unknown>

/** Named as in SQS (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html). */
export type QueueCall =
  | { name: 'ReceiveMessage'; input: ReceiveMessageCommandInput }
  | { name: 'DeleteMessageBatch'; input: DeleteMessageBatchCommandInput }
  | { name: 'ChangeMessageVisibilityBatch'; input: ChangeMessageVisibilityBatchCommandInput }

export type CallLimits = {
  /** Aborts the call. */
  signal: AbortSignal
  /** From the request to the answer. */
  timeoutMs: number
}
