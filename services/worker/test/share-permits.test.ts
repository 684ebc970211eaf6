import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BackfillLimit } from '../src/backfill-limit.ts'
import { createBackfillPermits } from '../src/backfill-permits.ts'
import { sharePermits } from '../src/share-permits.ts'

const never = new AbortController().signal
const soon = () => new Promise((resolve) => setImmediate(resolve))

function fixedLimit(most: number): BackfillLimit & { set(most: number): void } {
  let max = most
  return {
    objectsMax: () => max,
    liveStarted: () => {},
    liveEnded: () => {},
    set: (value) => {
      max = value
    },
  }
}

/** Work whose end the test decides; `begun` in the order in which it began. */
function openWork() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => () => {
    begun.push(name)
    return new Promise<void>((resolve) => ends.set(name, resolve))
  }
  return { begun, work, end: (name: string) => ends.get(name)?.() }
}

describe('permits that live and backfill share', () => {
  test('I8 never more run than there are permits, the backfill stays within its limit, and every object has its turn', async () => {
    const someone = fc.record({ isLive: fc.boolean(), turns: fc.integer({ min: 1, max: 4 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(someone, { maxLength: 60 }),
        async (permitsMax, most, all) => {
          const permits = sharePermits({ permitsMax, limit: fixedLimit(most) })
          let done = 0
          const runs = all.map(({ isLive, turns }) =>
            (isLive ? permits.live : permits.backfill).run(async () => {
              expect(permits.live.taken() + permits.backfill.taken()).toBeLessThanOrEqual(permitsMax)
              expect(permits.backfill.taken()).toBeLessThanOrEqual(most)
              for (let turn = 0; turn < turns; turn += 1) await soon()
              done += 1
            }),
          )
          await Promise.all(runs)
          expect(done).toBe(all.length)
          expect(permits.live.taken() + permits.backfill.taken()).toBe(0)
        },
      ),
      propertyOptions(),
    )
  })

  test('a live object that comes last is the next to begin', async () => {
    const { begun, work, end } = openWork()
    const permits = sharePermits({ permitsMax: 2, limit: fixedLimit(2) })
    const runs = ['b1', 'b2', 'b3'].map((name) => permits.backfill.run(work(name)))
    runs.push(permits.live.run(work('live')))
    await soon()
    expect(begun).toEqual(['b1', 'b2'])
    end('b1')
    await soon()
    expect(begun).toEqual(['b1', 'b2', 'live'])
    for (const name of ['b2', 'live']) end(name)
    await soon()
    end('b3')
    await Promise.all(runs)
  })

  test('failed work releases its permit', async () => {
    const permits = sharePermits({ permitsMax: 1, limit: fixedLimit(1) })
    const broken = () => Promise.reject(new Error('broken'))
    await expect(permits.live.run(broken)).rejects.toThrow('broken')
    await expect(permits.backfill.run(broken)).rejects.toThrow('broken')
    expect(await permits.backfill.run(async () => 'next')).toBe('next')
  })

  test('a limit that falls interrupts nothing, and begins nothing until enough has ended', async () => {
    const { begun, work, end } = openWork()
    const limit = fixedLimit(3)
    const permits = sharePermits({ permitsMax: 10, limit })
    const names = ['b1', 'b2', 'b3', 'b4']
    const runs = names.map((name) => permits.backfill.run(work(name)))
    await soon()
    limit.set(1)
    end('b1')
    end('b2')
    await soon()
    expect(begun).toEqual(['b1', 'b2', 'b3'])
    end('b3')
    await soon()
    expect(begun).toEqual(names)
    end('b4')
    await Promise.all(runs)
  })
})

describe('permits for messages of the backfill', () => {
  test('are given for messages that can begin soon: the fewer objects may be in flight, the fewer messages', async () => {
    const limit = fixedLimit(1_000)
    const { untilDemand } = sharePermits({ permitsMax: 1_000, limit }).backfill
    const room = createBackfillPermits({ untilDemand, objectsMax: limit.objectsMax })
    expect(await room.take(10, never)).toBe(10)
    limit.set(32)
    expect(await room.take(10, never)).toBe(2)
    limit.set(1)
    expect(await room.take(10, never)).toBe(1)
  })

  test('are not given while as many objects wait as may be in flight, and then they are', async () => {
    const { work, end } = openWork()
    const limit = fixedLimit(2)
    const { backfill } = sharePermits({ permitsMax: 10, limit })
    const room = createBackfillPermits({ untilDemand: backfill.untilDemand, objectsMax: limit.objectsMax })
    const names = ['b1', 'b2', 'b3', 'b4']
    const runs = names.map((name) => backfill.run(work(name)))
    let places = 0
    const taking = room.take(10, never).then((given) => {
      places = given
    })
    await soon()
    expect(places).toBe(0)
    end('b1')
    await taking
    expect(places).toBe(1)
    for (const name of names) {
      end(name)
      await soon()
    }
    await Promise.all(runs)
  })

  test('are none once the signal fires, also for a waiting receiver', async () => {
    const { work, end } = openWork()
    const limit = fixedLimit(1)
    const { backfill } = sharePermits({ permitsMax: 1, limit })
    const room = createBackfillPermits({ untilDemand: backfill.untilDemand, objectsMax: limit.objectsMax })
    const runs = ['b1', 'b2'].map((name) => backfill.run(work(name)))
    const stopping = new AbortController()
    const taking = room.take(10, stopping.signal)
    stopping.abort()
    expect(await taking).toBe(0)
    expect(await room.take(10, stopping.signal)).toBe(0)
    end('b1')
    await soon()
    end('b2')
    await Promise.all(runs)
  })
})
