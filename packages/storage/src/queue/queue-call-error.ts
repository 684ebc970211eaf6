import { cutText } from '@aftercall/runtime/text/cut-text'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { classifyError, type ErrorClass, type FailureCode, httpStatusOf } from '../aws/error-class.ts'
import { reasonLengthMax } from '../objects/object-errors.ts'

export type QueueAction = 'receive' | 'ack' | 'set-visibility' | 'send' | 'read-depth' | 'read-settings'

const words: Record<QueueAction, string> = {
  receive: 'receive from',
  ack: 'delete a message from',
  'set-visibility': 'change the visibility timeout of a message in',
  send: 'send to',
  'read-depth': 'read the depth of',
  'read-settings': 'read the settings of',
}

/** A call to SQS failed, completely or for one message. */
export class QueueCallError extends Error {
  override readonly name = 'QueueCallError'
  readonly code: FailureCode
  readonly retryable: boolean
  readonly action: QueueAction
  readonly queueUrl: string
  /** Set when the error concerns one message and not the whole call. */
  readonly messageId: string | undefined
  readonly httpStatusCode: number | undefined

  constructor(
    call: { action: QueueAction; queueUrl: string; messageId?: string | undefined },
    cause: unknown,
    errorClass: ErrorClass = classifyError(cause),
  ) {
    const reason = cutText(describeError(cause), reasonLengthMax)
    super(`cannot ${words[call.action]} the queue ${call.queueUrl}: ${errorClass.code} (${reason})`, {
      cause,
    })
    this.code = errorClass.code
    this.retryable = errorClass.retryable
    this.action = call.action
    this.queueUrl = call.queueUrl
    this.messageId = call.messageId
    this.httpStatusCode = httpStatusOf(cause)
  }
}
