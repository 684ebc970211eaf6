import { expect, test } from 'vitest'
import { forEachItem } from './for-each-item.ts'

async function* pagesOf(...pages: number[][]): AsyncGenerator<number[]> {
  yield* pages
}

const never = new AbortController().signal

test('I8 every item is worked on once, and never more at the same time than allowed', async () => {
  const taken: number[] = []
  let [underWay, most] = [0, 0]
  await forEachItem(pagesOf([1, 2, 3], [], [4, 5]), { inFlightMax: 2, stopping: never }, async (item) => {
    underWay += 1
    most = Math.max(most, underWay)
    await new Promise(setImmediate)
    taken.push(item)
    underWay -= 1
  })
  expect(taken.sort()).toEqual([1, 2, 3, 4, 5])
  expect(most).toBe(2)
})

test('I9 after a stop nothing more begins, and items in flight end', async () => {
  const stop = new AbortController()
  const taken: number[] = []
  await forEachItem(pagesOf([1, 2, 3], [4]), { inFlightMax: 1, stopping: stop.signal }, async (item) => {
    if (item === 2) stop.abort()
    await Promise.resolve()
    taken.push(item)
  })
  expect(taken).toEqual([1, 2])
})

test('a failure ends the run once the items in flight have ended', async () => {
  const taken: number[] = []
  const secondBegun = Promise.withResolvers<void>()
  const firstFailed = Promise.withResolvers<void>()
  const run = forEachItem(pagesOf([1, 2, 3, 4]), { inFlightMax: 2, stopping: never }, async (item) => {
    if (item === 1) {
      await secondBegun.promise
      firstFailed.resolve()
      throw new Error('broken')
    }
    secondBegun.resolve()
    await firstFailed.promise
    await new Promise(setImmediate)
    taken.push(item)
  })
  await expect(run).rejects.toThrow('broken')
  expect(taken).toEqual([2])
})
