import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import { expect, test } from 'vitest'
import type { Outcome } from '../outcome.ts'
import { createLoadWithBackoff } from './load-with-backoff.ts'

const everyMs = 300_000
const { signal } = new AbortController()
const failure: Outcome = { kind: 'failed', code: 'throttled', delaySeconds: 0, cause: null }

/** How many minutes after the first try it was tried, when a poll comes every five. */
async function triesOver(hours: number, outcomeAt: (minute: number) => Outcome, known?: KnownObject) {
  let minute = 0
  const tried: number[] = []
  const load = createLoadWithBackoff(
    async () => {
      tried.push(minute)
      return outcomeAt(minute)
    },
    { everyMs, nowMs: () => minute * 60_000 },
  )
  for (; minute <= hours * 60; minute += 5) {
    await load({ key: 'call-1.json', listed: { key: 'call-1.json' }, known }, signal)
  }
  return tried
}

test('an object that keeps failing is tried after longer and longer waits, up to six hours', async () => {
  const tried = await triesOver(48, () => failure)
  expect(tried.slice(0, 6)).toEqual([0, 10, 30, 70, 150, 310])
  expect(tried.at(-1)! - tried.at(-2)!).toBe(360)
})

test('after a success, a new failure begins with the shortest wait', async () => {
  const tried = await triesOver(1, (minute) => (minute === 10 ? { kind: 'stored' } : failure))
  expect(tried.slice(0, 5)).toEqual([0, 10, 15, 25, 45])
})

test('a failure in the ledger counts, also that of another process', async () => {
  const none = { code: null, etag: null, sizeBytes: null, lastModified: null, removedAt: null }
  const known: KnownObject = {
    ...{ key: 'call-1.json', outcome: 'failed', settledAt: new Date(0), settleCount: 12 },
    ...none,
  }
  expect(await triesOver(0.5, () => ({ kind: 'stored' }), known)).toEqual([20, 25, 30])
})
