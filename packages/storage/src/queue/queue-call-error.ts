import { cutText } from '@aftercall/runtime/text/cut-text'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import { type ErrorClass, type FailureCode, httpStatusOf, judgeError } from '../aws/error-class.ts'
import { reasonLengthMax } from '../objects/object-errors.ts'

export type QueueAction = 'receive' | 'ack' | 'set-visibility' | 'send' | 'read-depth' | 'read-settings'

/** A call to SQS failed, whole or for one message. */
export class QueueCallError extends Error {
  override readonly name = 'QueueCallError'
  readonly code: FailureCode
  readonly retryable: boolean
  readonly action: QueueAction
  readonly queueUrl: string
  /** Set when one message is meant and not the whole call. */
  readonly messageId: string | undefined
  readonly httpStatusCode: number | undefined

  constructor(
    place: { action: QueueAction; queueUrl: string; messageId?: string | undefined },
    cause: unknown,
    verdict: ErrorClass = judgeError(cause),
  ) {
    const reason = cutText(
      visibleText(cause instanceof Error ? cause.message : String(cause)),
      reasonLengthMax,
    )
    super(`cannot ${place.action} at ${place.queueUrl}: ${verdict.code} (${reason})`, { cause })
    this.code = verdict.code
    this.retryable = verdict.retryable
    this.action = place.action
    this.queueUrl = place.queueUrl
    this.messageId = place.messageId
    this.httpStatusCode = httpStatusOf(cause)
  }
}
