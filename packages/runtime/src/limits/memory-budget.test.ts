import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryBudget } from './memory-budget.ts'

test('I8 work that does not fit waits until bytes are released', async () => {
  const gate = createMemoryBudget(100)
  const ended: string[] = []
  const first = Promise.withResolvers<void>()
  const one = gate.run(60, () => first.promise.then(() => void ended.push('first')))
  const two = gate.run(60, async () => void ended.push('second'))
  const three = gate.run(10, async () => void ended.push('third'))
  await Promise.resolve()
  expect(gate.heldBytes()).toBe(60)
  first.resolve()
  await Promise.all([one, two, three])
  expect(ended).toEqual(['first', 'second', 'third'])
  expect(gate.heldBytes()).toBe(0)
})

test('work larger than the whole budget runs alone', async () => {
  const gate = createMemoryBudget(100)
  const seen: number[] = []
  const run = (bytes: number) => gate.run(bytes, async () => void seen.push(gate.heldBytes()))
  await Promise.all([run(50), run(1_000), run(50)])
  expect(seen).toContain(1_000)
  expect(gate.heldBytes()).toBe(0)
})

test('failing work releases its bytes', async () => {
  const gate = createMemoryBudget(100)
  await expect(gate.run(100, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(gate.heldBytes()).toBe(0)
})

/** An object learns once how much it really holds. */
const works = fc.array(
  fc.record({ bytes: fc.nat(150), resizes: fc.array(fc.nat(150), { maxLength: 1 }), ticks: fc.nat(5) }),
  { maxLength: 40 },
)

test('I8 all work ends, even if some grows or shrinks, and at most one exceeds the budget', async () => {
  await fc.assert(
    fc.asyncProperty(works, async (all) => {
      const gate = createMemoryBudget(100)
      let most = 0
      await Promise.all(
        all.map(({ bytes, resizes, ticks }) =>
          gate.run(bytes, async (held) => {
            for (const next of resizes) {
              most = Math.max(most, gate.heldBytes())
              for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
              await held.resize(next)
            }
            most = Math.max(most, gate.heldBytes())
          }),
        ),
      )
      expect(gate.heldBytes()).toBe(0)
      // One alone may be over the bound; with those that wait to grow beside it, so may what it stands beside.
      expect(most).toBeLessThanOrEqual(100 + 150)
    }),
    propertyOptions(),
  )
})

test('I8 work that takes more than it reserved holds back the next one until it has ended', async () => {
  const gate = createMemoryBudget(100)
  const first = Promise.withResolvers<void>()
  const seen: string[] = []
  const one = gate.run(10, async (held) => {
    held.take(500)
    seen.push('first')
    await first.promise
  })
  const two = gate.run(10, async (held) => {
    while (!held.isWithin()) await held.untilWithin()
    held.take(20)
    seen.push(`second beside ${gate.heldBytes() - 20}`)
  })
  await new Promise(setImmediate)
  expect(gate.heldBytes()).toBe(510)
  first.resolve()
  await Promise.all([one, two])
  expect(seen).toEqual(['first', 'second beside 0'])
})

/** What one is announced with, what it grows or shrinks to, and what it takes in the end. */
const takers = fc.array(
  fc.record({ bytes: fc.nat(150), fetched: fc.nat(150), taken: fc.nat(150), ticks: fc.nat(5) }),
  { maxLength: 40 },
)

test('I8 all work ends, whatever size it unpacks to, and at most one exceeds the budget', async () => {
  await fc.assert(
    fc.asyncProperty(takers, async (all) => {
      const gate = createMemoryBudget(100)
      let most = 0
      await Promise.all(
        all.map(({ bytes, fetched, taken, ticks }) =>
          gate.run(bytes, async (held) => {
            await held.resize(fetched)
            for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
            while (!held.isWithin()) await held.untilWithin()
            held.take(taken)
            most = Math.max(most, gate.heldBytes())
            for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
          }),
        ),
      )
      expect(gate.heldBytes()).toBe(0)
      expect(most).toBeLessThanOrEqual(100 + 150 + 150)
    }),
    propertyOptions(),
  )
})
