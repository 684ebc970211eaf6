import { describe, expect, it } from 'vitest'
import { classifyError, classifyErrorName } from '../src/aws/error-class.ts'
import { namesByCode } from '../src/aws/error-names.ts'

function sdkError(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } })
}

describe('the error class of a failed call', () => {
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
    expect(classifyError(error)).toMatchObject({ code, retryable })
  })

  it('is found even if causes form a cycle', () => {
    const error = new Error('ring')
    error.cause = error
    expect(classifyError(error).code).toBe('unknown')
  })

  it.each([
    ['AWS.SimpleQueueService.NonExistentQueue', 'no_such_queue'],
    ['com.amazonaws.sqs#QueueDoesNotExist', 'no_such_queue'],
    ['ReceiptHandleIsInvalid', 'receipt_invalid'],
    ['RequestThrottled', 'throttled'],
    ['KMS.ThrottlingException', 'throttled'],
    ['OverLimit', 'too_many_in_flight'],
  ])('reads the name %s as %s', (name, code) => {
    expect(classifyErrorName(name).code).toBe(code)
  })

  it('exists for every listed name', () => {
    for (const [code, names] of Object.entries(namesByCode)) {
      for (const name of names) {
        expect(classifyErrorName(name)).toEqual({
          code,
          retryable: expect.any(Boolean),
          delaySeconds: expect.any(Number),
          stops: code.startsWith('credentials_'),
        })
      }
    }
  })

  it('has a delay for every retryable failure', () => {
    expect(classifyError(sdkError('AccessDenied')).delaySeconds).toBeGreaterThan(
      classifyError(sdkError('InternalError')).delaySeconds,
    )
    expect(classifyError(undefined).delaySeconds).toBeGreaterThan(0)
  })
})
