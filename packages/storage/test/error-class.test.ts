import { describe, expect, it } from 'vitest'
import { judgeError, judgeName } from '../src/aws/error-class.ts'
import { namesByCode } from '../src/aws/error-names.ts'

function sdkError(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } })
}

describe('the verdict on a failed call', () => {
  it.each([
    [sdkError('SlowDown', 503), 'throttled', true],
    [sdkError('AccessDenied', 403), 'access_denied', true],
    [sdkError('ExpiredToken', 400), 'credentials_expired', true],
    [sdkError('InvalidObjectState', 403), 'archived', false],
    [sdkError('SomethingNew', 503), 'service_unavailable', true],
    [sdkError('SomethingNew', 403), 'access_denied', true],
    [sdkError('SomethingNew', 418), 'unknown', true],
    [sdkError('TimeoutError'), 'timeout', true],
    [sdkError('CredentialsProviderError'), 'credentials_missing', true],
    [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'connection_lost', true],
    [
      new Error('outer', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }),
      'host_unreachable',
      true,
    ],
    ['not an error', 'unknown', true],
    [undefined, 'unknown', true],
  ])('%s is %s (retryable: %s)', (error, code, retryable) => {
    expect(judgeError(error)).toMatchObject({ code, retryable })
  })

  it('ends, also when causes form a ring', () => {
    const error = new Error('ring')
    error.cause = error
    expect(judgeError(error).code).toBe('unknown')
  })

  it.each([
    ['AWS.SimpleQueueService.NonExistentQueue', 'no_such_queue'],
    ['com.amazonaws.sqs#QueueDoesNotExist', 'no_such_queue'],
    ['ReceiptHandleIsInvalid', 'receipt_invalid'],
    ['RequestThrottled', 'throttled'],
    ['KMS.ThrottlingException', 'throttled'],
    ['OverLimit', 'too_many_in_flight'],
  ])('reads the name %s as %s', (name, code) => {
    expect(judgeName(name).code).toBe(code)
  })

  it('knows every listed name, and has a whole verdict for it', () => {
    for (const [code, names] of Object.entries(namesByCode)) {
      for (const name of names) {
        expect(judgeName(name)).toEqual({
          code,
          retryable: expect.any(Boolean),
          delaySeconds: expect.any(Number),
          stops: code.startsWith('credentials_'),
          transient: expect.any(Boolean),
          slowsDown: ['throttled', 'service_unavailable', 'too_many_in_flight'].includes(code),
        })
      }
    }
  })

  it('lets every retryable failure wait before it is tried again', () => {
    expect(judgeError(sdkError('AccessDenied')).delaySeconds).toBeGreaterThan(
      judgeError(sdkError('InternalError')).delaySeconds,
    )
    expect(judgeError(undefined).delaySeconds).toBeGreaterThan(0)
  })
})
