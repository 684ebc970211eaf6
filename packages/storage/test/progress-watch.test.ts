import { beforeEach, expect, test, vi } from 'vitest'
import { type BodyTooSlowError, createProgressWatch } from '../src/aws/progress-watch.ts'

const limits = { windowMs: 10_000, windowBytesMin: 10_240, wholeMs: 60_000, wholeBytesPerSecond: 16_384 }

beforeEach(() => {
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

/** A body that receives the same number of bytes each second. */
function start(bytesPerSecond: number, isPaused = () => false) {
  const progress = createProgressWatch(limits)
  const startedMs = performance.now()
  const given = { upAfterMs: undefined as number | undefined, up: undefined as BodyTooSlowError | undefined }
  const end = progress.watch({
    bytesReceived: () => (bytesPerSecond * (performance.now() - startedMs)) / 1_000,
    isPaused,
    giveUp: (error) => {
      given.up = error
      given.upAfterMs = performance.now() - startedMs
    },
  })
  return { given, end }
}

test('I8 a body of one byte a second is given up after one window', () => {
  const { given } = start(1)
  vi.advanceTimersByTime(60_000)
  expect(given.up).toMatchObject({ code: 'too_slow', retryable: true })
  expect(given.upAfterMs).toBeLessThanOrEqual(11_000)
})

test('I8 a body just above the rate of a window has a time limit that is linear in its length', () => {
  const { given } = start(2_048)
  vi.advanceTimersByTime(3_600_000)
  // 60 s, and a second more for each 16 KiB, of which 2 KiB came in each second.
  expect(given.upAfterMs).toBeGreaterThan(60_000)
  expect(given.upAfterMs).toBeLessThanOrEqual(71_000)
})

test('a body at the average rate is read to its end, for any length', () => {
  const { given, end } = start(16_384)
  vi.advanceTimersByTime(3_600_000)
  expect(given.up).toBeUndefined()
  end()
  // The timer finds at its next tick that there is nothing left.
  vi.advanceTimersByTime(1_000)
  expect(vi.getTimerCount()).toBe(0)
})

test('time in which we do not read, or this process is blocked, does not count against the sender', () => {
  const paused = start(0, () => true)
  vi.advanceTimersByTime(600_000)
  expect(paused.given.up).toBeUndefined()
  paused.end()

  const heldUp = start(0)
  vi.advanceTimersByTime(5_000)
  const before = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(before + 30_000)
  vi.advanceTimersToNextTimer()
  expect(heldUp.given.up).toBeUndefined()
})
