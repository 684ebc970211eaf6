import { cutText } from '@aftercall/runtime/text/cut-text'

/** What they say comes from outside. */
const messageLengthMax = 1_000
const nameLengthMax = 100

/** S3 or SQS answered with an error. `name` and `$metadata` are as in the SDK's errors, for `classifyError` to read. */
export class ServiceRefusedError extends Error {
  override readonly name: string
  readonly $metadata: { httpStatusCode: number; requestId: string | undefined }

  constructor(name: string, message: string, metadata: ServiceRefusedError['$metadata']) {
    super(cutText(message, messageLengthMax))
    this.name = cutText(name, nameLengthMax)
    this.$metadata = metadata
  }
}

/** An answer of SQS that is not what its API describes, or whose bodies do not match their checksums. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UnreadableAnswerError'
  readonly code = 'unreadable_answer'
  readonly retryable = true
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
