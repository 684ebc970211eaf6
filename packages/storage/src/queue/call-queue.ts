import type {
  ChangeMessageVisibilityBatchCommandInput,
  DeleteMessageBatchCommandInput,
  ReceiveMessageCommandInput,
} from '@aws-sdk/client-sqs'

/**
 * Makes one of the calls that every message costs, and gives SQS's answer as it came. There are two: `callQueueBySdk`,
 * and `callQueueSigned`, which costs a third of the CPU. Rejects with an Error that `judgeError` can read; callers
 * judge it and try again themselves.
 */
export type CallQueue = (call: QueueCall, limits: CallLimits) => Promise<unknown>

/** By the names of SQS (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html). */
export type QueueCall =
  | { name: 'ReceiveMessage'; input: ReceiveMessageCommandInput }
  | { name: 'DeleteMessageBatch'; input: DeleteMessageBatchCommandInput }
  | { name: 'ChangeMessageVisibilityBatch'; input: ChangeMessageVisibilityBatchCommandInput }

export type CallLimits = {
  /** Cuts the call. */
  signal: AbortSignal
  /** From the request to its answer. */
  timeoutMs: number
}
