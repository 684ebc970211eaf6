import { cutText } from '@aftercall/runtime/text/cut-text'

/** The texts come from outside and can be of any length. */
const messageLengthMax = 1_000
const nameLengthMax = 100

/** S3 or SQS answered with an error. `name` and `$metadata` are as in the SDK's errors, so that `classifyError` can read them. */
export class ServiceRefusedError extends Error {
  override readonly name: string
  readonly $metadata: { httpStatusCode: number; requestId: string | undefined }

  constructor(name: string, message: string, metadata: ServiceRefusedError['$metadata']) {
    super(cutText(message, messageLengthMax))
    this.name = cutText(name, nameLengthMax)
    this.$metadata = metadata
  }
}

/** An answer that is not what the API describes, or that does not match its checksum. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UnreadableAnswerError'
  readonly code = 'unreadable_answer'
  readonly retryable = true
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
