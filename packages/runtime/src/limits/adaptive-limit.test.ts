import { expect, onTestFinished, test, vi } from 'vitest'
import { createAdaptiveLimit } from './adaptive-limit.ts'

const never = new AbortController().signal

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Work that ends when it is told to. */
function openWork() {
  const ends: (() => void)[] = []
  return { ends, work: () => new Promise<void>((resolve) => ends.push(resolve)) }
}

test('no more run than there are permits, and callers start in order', async () => {
  const limit = createAdaptiveLimit({ inFlightMax: 2 })
  const started: number[] = []
  const { ends, work } = openWork()
  const runs = [0, 1, 2, 3].map((one) =>
    limit.run(() => {
      started.push(one)
      return work()
    }, never),
  )
  await tick()
  expect(started).toEqual([0, 1])
  ends[0]?.()
  await runs[0]
  await tick()
  expect(started).toEqual([0, 1, 2])
  ends[1]?.()
  ends[2]?.()
  await runs[2]
  await runs[1]
  await tick()
  ends[3]?.()
  await runs[3]
  expect(limit.state().inFlight).toBe(0)
})

test('a slow-down halves the limit, several within a second count once, and successful work restores it', async () => {
  let now = 0
  const limit = createAdaptiveLimit({ inFlightMax: 64, nowMs: () => now })
  limit.slowDown()
  limit.slowDown()
  expect(limit.state().inFlightMax).toBe(32)
  now = 1_500
  limit.slowDown()
  expect(limit.state().inFlightMax).toBe(16)
  for (let round = 0; round < 40; round += 1) {
    await Promise.all(Array.from({ length: 64 }, () => limit.run(async () => {}, never)))
  }
  expect(limit.state().inFlightMax).toBe(64)
})

test('work that fails, or whose answer is no success, restores nothing', async () => {
  const limit = createAdaptiveLimit({ inFlightMax: 8 })
  limit.slowDown()
  for (let round = 0; round < 20; round += 1) {
    await limit.run(() => Promise.reject(new Error('broken')), never).catch(() => {})
    await limit.run(
      async () => 'failed',
      never,
      (answer) => answer !== 'failed',
    )
  }
  expect(limit.state().inFlightMax).toBe(4)
})

test('the limit never falls below one', () => {
  let now = 0
  const limit = createAdaptiveLimit({ inFlightMax: 4, nowMs: () => now })
  for (let time = 0; time < 20; time += 1) {
    now += 2_000
    limit.slowDown()
  }
  expect(limit.state().inFlightMax).toBe(1)
})

test('a caller whose signal fires stops waiting, and failing work releases its permit', async () => {
  const limit = createAdaptiveLimit({ inFlightMax: 1 })
  const { ends, work } = openWork()
  const first = limit.run(work, never)
  const stop = new AbortController()
  const second = limit.run(async () => 'ran', stop.signal)
  stop.abort(new Error('stopped'))
  await expect(second).rejects.toThrow('stopped')
  await tick()
  ends[0]?.()
  await first
  await expect(limit.run(() => Promise.reject(new Error('broken')), never)).rejects.toThrow('broken')
  await expect(limit.run(async () => 'ran', never)).resolves.toBe('ran')
})

test('starts are spread over the second', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const limit = createAdaptiveLimit({ inFlightMax: 100, perSecondMax: 200 })
  let started = 0
  const runs = Array.from({ length: 21 }, () =>
    limit.run(async () => {
      started += 1
    }, never),
  )
  const startedAfter: number[] = []
  for (let step = 0; step < 4; step += 1) {
    await vi.advanceTimersByTimeAsync(25)
    startedAfter.push(started)
  }
  await Promise.all(runs)
  expect(startedAfter).toEqual([6, 11, 16, 21])
})
