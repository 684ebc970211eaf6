import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReceivePermits } from '../src/queue/receive-permits.ts'
import { seed } from './fast-check-seed.ts'

const never = new AbortController().signal

describe(`receive permits (FC_SEED=${seed})`, () => {
  it('I8 never gives out more permits than there are, and serves everyone once all is given back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 20 }),
        async (permitsMax, wants) => {
          const receivePermits = createReceivePermits({ permitsMax, lingerMs: 0 })
          let taken = 0
          const takers = wants.map(async (wanted) => {
            const permits = await receivePermits.take(wanted, never)
            taken += permits
            expect(permits).toBeGreaterThan(0)
            expect(permits).toBeLessThanOrEqual(wanted)
            expect(taken).toBeLessThanOrEqual(permitsMax)
            await new Promise(setImmediate)
            for (let i = 0; i < permits; i++) {
              taken -= 1
              receivePermits.give(1)
            }
          })
          await Promise.all(takers)
          expect(taken).toBe(0)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('waits a little for company rather than giving single permits', async () => {
    const receivePermits = createReceivePermits({ permitsMax: 10, lingerMs: 1_000 })
    await receivePermits.take(10, never)
    const taking = receivePermits.take(10, never)
    for (let i = 0; i < 10; i++) receivePermits.give(1)
    expect(await taking).toBe(10)
  })

  it('gives what there is when no more comes', async () => {
    const receivePermits = createReceivePermits({ permitsMax: 10, lingerMs: 1 })
    await receivePermits.take(7, never)
    expect(await receivePermits.take(10, never)).toBe(3)
  })

  it('lets a waiter go when its signal fires, and serves the next', async () => {
    const receivePermits = createReceivePermits({ permitsMax: 1, lingerMs: 1 })
    await receivePermits.take(1, never)
    const giveUp = new AbortController()
    const first = receivePermits.take(1, giveUp.signal)
    const second = receivePermits.take(1, never)
    giveUp.abort()
    expect(await first).toBe(0)
    receivePermits.give(1)
    expect(await second).toBe(1)
    expect(await receivePermits.take(1, giveUp.signal)).toBe(0)
  })
})
