import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inOrderOfTime } from './in-order-of-time.ts'
import { splitAt } from './split-at.ts'

const batches = fc
  .array(fc.tuple(fc.nat(2_000), fc.array(fc.nat(10_000), { maxLength: 5 })), { maxLength: 30 })
  .map((steps) => {
    let fromMs = 0
    return steps.map(([stepMs, laterMs]) => {
      fromMs += stepMs
      return { fromMs, items: laterMs.map((later) => ({ atMs: fromMs + later })) }
    })
  })

test('every item comes once, in order of time, and before batches that only begin later are read', () => {
  const sorted = fc.property(batches, (given) => {
    let read = 0
    function* reading() {
      for (const batch of given) {
        read = batch.fromMs
        yield batch
      }
    }
    const times: number[] = []
    for (const { atMs } of inOrderOfTime(reading())) times.push(atMs)
    const all = given.flatMap(({ items }) => items.map(({ atMs }) => atMs))
    expect(times).toEqual(all.toSorted((one, other) => one - other))
    expect(read).toBe(given.at(-1)?.fromMs ?? 0)
  })
  fc.assert(sorted, propertyOptions())
})

test('an endless stream is read no further than needed', () => {
  let read = 0
  function* endless() {
    for (let fromMs = 0; ; fromMs += 1_000) {
      read += 1
      yield { fromMs, items: [{ atMs: fromMs + 1_500 }] }
    }
  }
  const { before, after } = splitAt(inOrderOfTime(endless()), 5_000)
  expect([...before].map(({ atMs }) => atMs)).toEqual([1_500, 2_500, 3_500, 4_500])
  expect(read).toBeLessThan(10)
  expect(after.next().value).toEqual({ atMs: 5_500 })
})
