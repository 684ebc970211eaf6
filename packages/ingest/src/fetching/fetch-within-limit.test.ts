import { errorClassOf, type FailureCode } from '@aftercall/storage/aws/error-class'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import { beforeEach, expect, test, vi } from 'vitest'
import type { FetchRetry } from '../ingest-types.ts'
import { createFetchWithinLimit } from './fetch-within-limit.ts'

const source = { name: 'acme', bucket: 'b', prefix: '' }
const ref = { bucket: 'b', key: 'k' }
const never = new AbortController().signal
const failure = (code: FailureCode) => new ObjectFetchError(ref, new Error(code), errorClassOf(code))

beforeEach(() => {
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

function open(fetchObject: Parameters<typeof createFetchWithinLimit>[0]['fetchObject'], inFlightMax = 16) {
  const retries: FetchRetry[] = []
  const onRetry = (retry: FetchRetry) => void retries.push(retry)
  return { retries, fetch: createFetchWithinLimit({ fetchObject, inFlightMax, onRetry, random: () => 0.5 }) }
}

test('a throttled fetch is tried again after growing waits, and given up in the end with its own error', async () => {
  const { fetch, retries } = open(() => Promise.reject(failure('throttled')))
  const answer = fetch(source, ref, never).catch((error: unknown) => error)
  await vi.runAllTimersAsync()
  expect(await answer).toMatchObject({ code: 'throttled' })
  expect(retries.map(({ waitMs }) => waitMs)).toEqual([375, 750, 1_500, 3_000, 6_000])
})

test('a refusal, and any other failure that time alone does not repair, is left to the queue at once', async () => {
  for (const code of ['access_denied', 'not_found', 'too_slow', 'archived', 'unknown'] as const) {
    const { fetch, retries } = open(() => Promise.reject(failure(code)))
    await expect(fetch(source, ref, never)).rejects.toMatchObject({ code })
    expect(retries).toEqual([])
  }
})

test('a passing fault is tried again twice, and then left to the queue', async () => {
  for (const code of ['timeout', 'connection_lost', 'internal_error', 'body_cut', 'clock_skew'] as const) {
    let asked = 0
    const { fetch, retries } = open(() => {
      asked += 1
      return Promise.reject(failure(code))
    })
    const answer = fetch(source, ref, never).catch((error: unknown) => error)
    await vi.runAllTimersAsync()
    expect(await answer).toMatchObject({ code })
    expect([asked, retries.length]).toEqual([3, 2])
  }
})

test('a store that is down is soon asked once for each object, and more often again when it has recovered', async () => {
  let [asked, isDown] = [0, true]
  const { fetch } = open(() => {
    asked += 1
    return isDown ? Promise.reject(failure('connection_refused')) : Promise.resolve({ kind: 'missing' })
  })
  async function askFor(objects: number): Promise<number> {
    asked = 0
    const fetches = Promise.allSettled(Array.from({ length: objects }, () => fetch(source, ref, never)))
    await vi.runAllTimersAsync()
    await fetches
    return asked
  }
  expect(await askFor(1_000)).toBe(1_100)
  isDown = false
  expect(await askFor(50)).toBe(50)
  isDown = true
  expect(await askFor(20)).toBe(30)
})

test('a store that bears two fetches at a time is soon asked for few, and every object is fetched', async () => {
  let [underWay, mostAtOnce] = [0, 0]
  const most: number[] = []
  const { fetch } = open(async () => {
    underWay += 1
    mostAtOnce = Math.max(mostAtOnce, underWay)
    const isTooMuch = underWay > 2
    await new Promise((resolve) => setTimeout(resolve, 500))
    underWay -= 1
    if (isTooMuch) throw failure('throttled')
    return { kind: 'missing' }
  })
  for (let round = 0; round < 4; round += 1) {
    mostAtOnce = 0
    const fetches = Promise.allSettled(Array.from({ length: 16 }, () => fetch(source, ref, never)))
    await vi.runAllTimersAsync()
    await fetches
    most.push(mostAtOnce)
  }
  expect(most[0]).toBe(16)
  expect(most.at(-1)).toBeLessThan(12)
})

test('a source whose store is slow takes no permits from another one', async () => {
  const { fetch } = open(
    ({ name }) => (name === 'acme' ? new Promise(() => {}) : Promise.resolve({ kind: 'missing' })),
    1,
  )
  void fetch(source, ref, never)
  expect(await fetch({ ...source, name: 'other' }, ref, never)).toEqual({ kind: 'missing' })
})

test.each(['in line', 'between tries'])('a fetch that is stopped %s ends as aborted', async (where) => {
  const { fetch } = open(
    () => (where === 'in line' ? new Promise(() => {}) : Promise.reject(failure('throttled'))),
    1,
  )
  const stop = new AbortController()
  void fetch(source, ref, never).catch(() => {})
  const answer = fetch(source, ref, stop.signal).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(10)
  stop.abort(new Error('the consumer is stopping'))
  expect(await answer).toMatchObject({ name: 'ObjectFetchError', code: 'aborted' })
})
