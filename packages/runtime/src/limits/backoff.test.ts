import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { abortableWait } from './abortable-wait.ts'
import { backoffMs, type RetryOptions, retryWithBackoff } from './backoff.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Fails the first `failures` times. Waits are at their longest. */
function start(failures: number, changed: Partial<RetryOptions> = {}) {
  const stop = new AbortController()
  const onRetry = vi.fn()
  const run = vi.fn(async (attempt: number) => {
    if (attempt <= failures) throw new Error(`failure ${attempt}`)
    return `answer of ${attempt}`
  })
  const options: RetryOptions = {
    baseMs: 100,
    capMs: 300,
    random: () => 1,
    retryable: () => true,
    onRetry,
    signal: stop.signal,
    ...changed,
  }
  const answer = retryWithBackoff(run, options)
  // Its ending is looked at later than it happens.
  answer.catch(() => {})
  return { answer, run, onRetry, stop }
}

describe('retrying', () => {
  test('gives the answer of the first run that succeeds, after waits that double up to the cap', async () => {
    const { answer, onRetry } = start(4)
    await vi.runAllTimersAsync()
    await expect(answer).resolves.toBe('answer of 5')
    expect(onRetry.mock.calls.map(([{ attempt, waitMs }]) => [attempt, waitMs])).toEqual([
      [1, 100],
      [2, 200],
      [3, 300],
      [4, 300],
    ])
  })

  test('waits before it runs again', async () => {
    const { run } = start(1)
    await vi.advanceTimersByTimeAsync(99)
    expect(run).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(run).toHaveBeenCalledTimes(2)
  })

  test('throws the last failure after attemptsMax runs', async () => {
    const { answer, run, onRetry } = start(9, { attemptsMax: 3 })
    await vi.runAllTimersAsync()
    await expect(answer).rejects.toThrow('failure 3')
    expect([run.mock.calls.length, onRetry.mock.calls.length]).toEqual([3, 2])
  })

  test('throws an error right away that is not retryable', async () => {
    const { answer, run } = start(9, { retryable: () => false })
    await expect(answer).rejects.toThrow('failure 1')
    expect(run).toHaveBeenCalledTimes(1)
  })

  test('ends a wait with the reason as soon as the signal aborts', async () => {
    const { answer, run, stop } = start(9)
    await vi.advanceTimersByTimeAsync(50)
    stop.abort(new Error('stopping'))
    await expect(answer).rejects.toThrow('stopping')
    expect([run.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0])
  })

  test('does not begin under an aborted signal', async () => {
    const { answer, run } = start(0, { signal: AbortSignal.abort(new Error('stopped before')) })
    await expect(answer).rejects.toThrow('stopped before')
    expect(run).not.toHaveBeenCalled()
  })

  test('does not wait after a failure during which the signal aborted', async () => {
    const stop = new AbortController()
    const onRetry = vi.fn()
    const run = async () => {
      stop.abort()
      throw new Error('cut off')
    }
    const options = { baseMs: 1, capMs: 1, retryable: () => true, onRetry, signal: stop.signal }
    await expect(retryWithBackoff(run, options)).rejects.toThrow('cut off')
    expect(onRetry).not.toHaveBeenCalled()
  })
})

test('a wait is from 0 up to its bound, and the bound doubles until the cap', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const bounds = { baseMs: fc.integer({ min: 1, max: 10_000 }), capMs: fc.integer({ min: 1, max: 600_000 }) }
  const property = fc.property(
    fc.integer({ min: 1, max: 5_000 }),
    fc.record(bounds),
    random,
    (attempt, { baseMs, capMs }, drawn) => {
      const waitMs = backoffMs(attempt, { baseMs, capMs, random: () => drawn })
      expect(waitMs).toBeGreaterThanOrEqual(0)
      expect(waitMs).toBeLessThanOrEqual(Math.min(capMs, baseMs * 2 ** (attempt - 1)))
    },
  )
  fc.assert(property, propertyOptions())
})

test('a wait that is over leaves no listener and no timer behind', async () => {
  const { signal } = new AbortController()
  const removed = vi.spyOn(signal, 'removeEventListener')
  const wait = abortableWait(10, signal)
  await vi.advanceTimersByTimeAsync(10)
  await wait
  expect([removed.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0])
})
