import { describe, expect, test } from 'vitest'
import { createBackfillLimit } from '../src/backfill-limit.ts'

/** A limit beside a clock and live traffic that the test makes. */
function besideLive(inFlight: number) {
  let nowMs = 0
  const limit = createBackfillLimit({ inFlight, nowMs: () => nowMs })
  return {
    objectsMax: limit.objectsMax,
    liveStarted: limit.liveStarted,
    pass: (ms: number) => {
      nowMs += ms
    },
    /** Seconds of live traffic, ten objects each. */
    traffic: (seconds: number, tookMs: number) => {
      for (let object = 0; object < seconds * 10; object += 1) {
        limit.liveStarted()
        nowMs += 100
        limit.liveEnded(tookMs)
      }
    },
  }
}

describe('the limit of the backfill', () => {
  test('is its whole share while no live object comes, and small as soon as one does', () => {
    const { objectsMax, liveStarted } = besideLive(64)
    expect(objectsMax()).toBe(32)
    liveStarted()
    expect(objectsMax()).toBe(4)
  })

  test('leaves half of the permits to live objects, and is never less than one', () => {
    const limits = [1, 2, 3, 10, 64, 10_000].map((inFlight) => besideLive(inFlight).objectsMax())
    expect(limits).toEqual([1, 1, 1, 5, 32, 128])
  })

  test('grows by one a round as long as live objects are as fast as before', () => {
    const { objectsMax, traffic } = besideLive(64)
    traffic(5, 50)
    const before = objectsMax()
    traffic(10, 60)
    expect(objectsMax() - before).toBeGreaterThanOrEqual(8)
    traffic(100, 60)
    expect(objectsMax()).toBe(32)
  })

  test('is halved in each round in which live objects are slow, down to two and no further', () => {
    const { objectsMax, traffic } = besideLive(64)
    traffic(60, 50)
    expect(objectsMax()).toBe(32)
    const seen: number[] = []
    for (let second = 0; second < 7; second += 1) {
      traffic(1, 1_000)
      seen.push(objectsMax())
    }
    expect([...new Set(seen)]).toEqual([16, 8, 4, 2])
    traffic(10, 50)
    expect(objectsMax()).toBeGreaterThan(5)
  })

  test('does not follow a few slow objects among many', () => {
    const { objectsMax, traffic } = besideLive(64)
    traffic(60, 50)
    for (let second = 0; second < 10; second += 1) {
      traffic(0.8, 50)
      traffic(0.2, 15_000)
    }
    expect(objectsMax()).toBe(32)
  })

  test('has its whole share once live traffic is over, and its earlier value when that comes back', () => {
    const { objectsMax, liveStarted, traffic, pass } = besideLive(64)
    traffic(60, 50)
    traffic(7, 1_000)
    expect(objectsMax()).toBe(2)
    pass(1_000)
    expect(objectsMax()).toBe(2)
    pass(2_000)
    expect(objectsMax()).toBe(32)
    liveStarted()
    expect(objectsMax()).toBe(2)
  })

  test('takes a store or database that became slow for good as the new measure', () => {
    const { objectsMax, traffic } = besideLive(64)
    traffic(20, 50)
    traffic(7, 1_000)
    expect(objectsMax()).toBe(2)
    traffic(100, 1_000)
    expect(objectsMax()).toBe(32)
  })
})
