import { expect, test } from 'vitest'
import { describeError } from './describe-error.ts'

test('a refused connection is described in words, for each address that was tried', () => {
  const tried = ['::1:5432', '127.0.0.1:5432'].map((address) => new Error(`connect ECONNREFUSED ${address}`))
  expect(describeError(new AggregateError(tried))).toBe(
    'connection refused at ::1:5432 (ECONNREFUSED), connection refused at 127.0.0.1:5432 (ECONNREFUSED)',
  )
  expect(describeError(new Error('connect ETIMEDOUT 10.0.0.1:5432'))).toBe('connect ETIMEDOUT 10.0.0.1:5432')
})
