import { cutText } from '@aftercall/runtime/text/cut-text'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import { classifyError, type ErrorClass, type FailureCode, httpStatusOf } from '../aws/error-class.ts'

/** The reason comes from outside and can be of any length. */
export const reasonLengthMax = 300

type ObjectAddress = { bucket: string; key: string }

/** An object could not be read. It may or may not exist. */
export class ObjectFetchError extends Error {
  override readonly name = 'ObjectFetchError'
  readonly code: FailureCode
  readonly retryable: boolean
  /** How long to wait after the first failure of this kind. */
  readonly delaySeconds: number
  /** The store asks for fewer requests. */
  readonly slowsDown: boolean
  readonly bucket: string
  readonly key: string
  readonly httpStatusCode: number | undefined

  constructor(address: ObjectAddress, cause: unknown, errorClass: ErrorClass = classifyError(cause)) {
    super(`cannot fetch ${addressOf(address.bucket, address.key)}: ${explain(errorClass.code, cause)}`, {
      cause,
    })
    this.code = errorClass.code
    this.retryable = errorClass.retryable
    this.delaySeconds = errorClass.delaySeconds
    this.slowsDown = errorClass.slowsDown
    this.bucket = address.bucket
    this.key = address.key
    this.httpStatusCode = httpStatusOf(cause)
  }
}

/** An object may or may not have been written. */
export class ObjectPutError extends Error {
  override readonly name = 'ObjectPutError'
  readonly code: FailureCode
  readonly retryable: boolean
  readonly bucket: string
  readonly key: string
  readonly httpStatusCode: number | undefined

  constructor(address: ObjectAddress, cause: unknown) {
    const errorClass = classifyError(cause)
    super(`cannot upload to ${addressOf(address.bucket, address.key)}: ${explain(errorClass.code, cause)}`, {
      cause,
    })
    this.code = errorClass.code
    this.retryable = errorClass.retryable
    this.bucket = address.bucket
    this.key = address.key
    this.httpStatusCode = httpStatusOf(cause)
  }
}

/** A listing failed. The objects listed before the failure are correct. */
export class ObjectListError extends Error {
  override readonly name = 'ObjectListError'
  readonly code: FailureCode
  readonly retryable: boolean
  readonly bucket: string
  readonly prefix: string
  readonly httpStatusCode: number | undefined

  constructor(
    address: { bucket: string; prefix: string },
    cause: unknown,
    errorClass: ErrorClass = classifyError(cause),
  ) {
    super(`cannot list ${addressOf(address.bucket, address.prefix)}: ${explain(errorClass.code, cause)}`, {
      cause,
    })
    this.code = errorClass.code
    this.retryable = errorClass.retryable
    this.bucket = address.bucket
    this.prefix = address.prefix
    this.httpStatusCode = httpStatusOf(cause)
  }
}

/** A key must not be able to add a line to a message. */
function addressOf(bucket: string, key: string): string {
  return visibleText(`s3://${bucket}/${key}`)
}

function explain(code: FailureCode, cause: unknown): string {
  const reason = cutText(describeError(cause), reasonLengthMax)
  if (code !== 'access_denied') return `${code} (${reason})`
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions"
  return `${code} (${reason}; without s3:ListBucket, S3 also answers this for an object that does not exist)`
}
