import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dispositionOf } from './disposition.ts'
import type { Outcome } from './outcome.ts'

const ended: Outcome[] = [
  { kind: 'stored' },
  { kind: 'superseded' },
  { kind: 'duplicate' },
  { kind: 'missing' },
  { kind: 'ignored', code: 'media' },
  { kind: 'rejected', code: 'not_json' },
]
const failed = (delaySeconds: number): Outcome => ({
  kind: 'failed',
  code: 'timeout',
  delaySeconds,
  cause: null,
})

test('I1 a message is acked when each of its objects ended in something other than failed', () => {
  expect(dispositionOf(ended, 1, Math.random)).toEqual({ kind: 'ack' })
  expect(dispositionOf([], 1, Math.random)).toEqual({ kind: 'ack' })
})

test('I1 one failed object returns the message, however the others ended', () => {
  expect(dispositionOf([...ended, failed(0)], 1, Math.random)).toMatchObject({ kind: 'return' })
})

test('the delay grows with each receive, never below that of the failure, never above a quarter of an hour', () => {
  const inputs = fc.tuple(
    fc.integer({ min: 1, max: 1000 }),
    fc.integer({ min: 0, max: 300 }),
    fc.double({ min: 0, max: 0.999, noNaN: true }),
  )
  fc.assert(
    fc.property(inputs, ([receiveCount, leastSeconds, random]) => {
      const disposition = dispositionOf([failed(leastSeconds)], receiveCount, () => random)
      const delaySeconds = disposition.kind === 'return' ? disposition.delaySeconds : -1
      const boundSeconds = Math.min(900, 5 * 2 ** Math.min(receiveCount - 1, 20))
      expect(delaySeconds).toBeGreaterThanOrEqual(Math.max(leastSeconds, boundSeconds / 2))
      expect(delaySeconds).toBeLessThanOrEqual(Math.max(leastSeconds, boundSeconds))
    }),
    propertyOptions(),
  )
})
