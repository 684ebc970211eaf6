/** An answer of SQS that is not what its API describes, or whose bodies do not match their checksums. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UnreadableAnswerError'
  readonly code = 'unreadable_answer'
  readonly retryable = true
}
