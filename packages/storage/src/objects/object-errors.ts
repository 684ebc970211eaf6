import { cutText } from '@aftercall/runtime/text/cut-text'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import { type ErrorClass, type FailureCode, httpStatusOf, judgeError } from '../aws/error-class.ts'

/** What a service says of a failure comes from outside. */
export const reasonLengthMax = 300

type Place = { bucket: string; key: string }

/** An object could not be read, and that says nothing about whether it exists. */
export class ObjectFetchError extends Error {
  override readonly name = 'ObjectFetchError'
  readonly code: FailureCode
  readonly retryable: boolean
  /** How long to leave the object alone after a first failure of this kind. */
  readonly delaySeconds: number
  /** The store asks for fewer requests. */
  readonly slowsDown: boolean
  readonly bucket: string
  readonly key: string
  readonly httpStatusCode: number | undefined

  constructor(place: Place, cause: unknown, verdict: ErrorClass = judgeError(cause)) {
    super(`cannot fetch ${addressOf(place.bucket, place.key)}: ${explain(verdict.code, cause)}`, { cause })
    this.code = verdict.code
    this.retryable = verdict.retryable
    this.delaySeconds = verdict.delaySeconds
    this.slowsDown = verdict.slowsDown
    this.bucket = place.bucket
    this.key = place.key
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

  constructor(place: Place, cause: unknown) {
    const verdict = judgeError(cause)
    super(`cannot put ${addressOf(place.bucket, place.key)}: ${explain(verdict.code, cause)}`, { cause })
    this.code = verdict.code
    this.retryable = verdict.retryable
    this.bucket = place.bucket
    this.key = place.key
    this.httpStatusCode = httpStatusOf(cause)
  }
}

/** A listing broke off; what it gave until then is right. */
export class ObjectListError extends Error {
  override readonly name = 'ObjectListError'
  readonly code: FailureCode
  readonly retryable: boolean
  readonly bucket: string
  readonly prefix: string
  readonly httpStatusCode: number | undefined

  constructor(
    place: { bucket: string; prefix: string },
    cause: unknown,
    verdict: ErrorClass = judgeError(cause),
  ) {
    super(`cannot list ${addressOf(place.bucket, place.prefix)}: ${explain(verdict.code, cause)}`, { cause })
    this.code = verdict.code
    this.retryable = verdict.retryable
    this.bucket = place.bucket
    this.prefix = place.prefix
    this.httpStatusCode = httpStatusOf(cause)
  }
}

/** Messages are for people: a key must not add a line to them. */
function addressOf(bucket: string, key: string): string {
  return visibleText(`s3://${bucket}/${key}`)
}

function explain(code: FailureCode, cause: unknown): string {
  const reason = cutText(describeError(cause), reasonLengthMax)
  if (code !== 'access_denied') return `${code} (${reason})`
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions"
  return `${code} (${reason}; without s3:ListBucket, S3 also answers this for an object that does not exist)`
}
