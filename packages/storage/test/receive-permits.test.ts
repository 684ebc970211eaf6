import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReceivePermits } from '../src/queue/receive-permits.ts'
import { seed } from './fast-check-seed.ts'

const never = new AbortController().signal

describe(`receive permits (FC_SEED=${seed})`, () => {
  it('I8 never hands out more permits than there are, and serves every waiter once all are released', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 20 }),
        async (permitsMax, wants) => {
          const permits = createReceivePermits({ permitsMax, lingerMs: 0 })
          let taken = 0
          const takers = wants.map(async (wanted) => {
            const count = await permits.take(wanted, never)
            taken += count
            expect(count).toBeGreaterThan(0)
            expect(count).toBeLessThanOrEqual(wanted)
            expect(taken).toBeLessThanOrEqual(permitsMax)
            await new Promise(setImmediate)
            for (let i = 0; i < count; i++) {
              taken -= 1
              permits.release(1)
            }
          })
          await Promise.all(takers)
          expect(taken).toBe(0)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('waits a little for more permits instead of handing out single ones', async () => {
    const permits = createReceivePermits({ permitsMax: 10, lingerMs: 1_000 })
    await permits.take(10, never)
    const taking = permits.take(10, never)
    for (let i = 0; i < 10; i++) permits.release(1)
    expect(await taking).toBe(10)
  })

  it('hands out the free permits when no more are released in time', async () => {
    const permits = createReceivePermits({ permitsMax: 10, lingerMs: 1 })
    await permits.take(7, never)
    expect(await permits.take(10, never)).toBe(3)
  })

  it('drops a waiter when its signal fires, and serves the next', async () => {
    const permits = createReceivePermits({ permitsMax: 1, lingerMs: 1 })
    await permits.take(1, never)
    const giveUp = new AbortController()
    const first = permits.take(1, giveUp.signal)
    const second = permits.take(1, never)
    giveUp.abort()
    expect(await first).toBe(0)
    permits.release(1)
    expect(await second).toBe(1)
    expect(await permits.take(1, giveUp.signal)).toBe(0)
  })
})
