import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReceivePermits } from '../src/queue/receive-permits.ts'

const never = new AbortController().signal

describe('room', () => {
  it('I8 never gives out more places than there are, and serves everyone once all is given back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 20 }),
        async (placesMax, wants) => {
          const room = createReceivePermits({ placesMax, lingerMs: 0 })
          let taken = 0
          const takers = wants.map(async (wanted) => {
            const places = await room.take(wanted, never)
            taken += places
            expect(places).toBeGreaterThan(0)
            expect(places).toBeLessThanOrEqual(wanted)
            expect(taken).toBeLessThanOrEqual(placesMax)
            await new Promise(setImmediate)
            for (let i = 0; i < places; i++) {
              taken -= 1
              room.give(1)
            }
          })
          await Promise.all(takers)
          expect(taken).toBe(0)
        },
      ),
      propertyOptions(50),
    )
  })

  it('waits a little for company rather than giving single places', async () => {
    const room = createReceivePermits({ placesMax: 10, lingerMs: 1_000 })
    await room.take(10, never)
    const taking = room.take(10, never)
    for (let i = 0; i < 10; i++) room.give(1)
    expect(await taking).toBe(10)
  })

  it('gives what there is when no more comes', async () => {
    const room = createReceivePermits({ placesMax: 10, lingerMs: 1 })
    await room.take(7, never)
    expect(await room.take(10, never)).toBe(3)
  })

  it('lets a waiter go when its signal fires, and serves the next', async () => {
    const room = createReceivePermits({ placesMax: 1, lingerMs: 1 })
    await room.take(1, never)
    const giveUp = new AbortController()
    const first = room.take(1, giveUp.signal)
    const second = room.take(1, never)
    giveUp.abort()
    expect(await first).toBe(0)
    room.give(1)
    expect(await second).toBe(1)
    expect(await room.take(1, giveUp.signal)).toBe(0)
  })
})
