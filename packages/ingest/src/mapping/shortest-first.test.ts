import { expect, test } from 'vitest'
import { createShortestFirst } from './shortest-first.ts'

async function orderOf(sizes: readonly number[]): Promise<number[]> {
  const line = createShortestFirst()
  const order: number[] = []
  const gate = Promise.withResolvers<void>()
  const first = line.run(0, () => gate.promise)
  const others = sizes.map((size) => line.run(size, async () => void order.push(size)))
  expect(line.waiting()).toBe(sizes.length)
  gate.resolve()
  await Promise.all([first, ...others])
  return order
}

test('the smallest waiting object is next, and every fourth time the one that has waited longest', async () => {
  expect(await orderOf([90, 50, 10])).toEqual([10, 50, 90])
  expect(await orderOf([90, 5, 4, 3, 2, 1])).toEqual([1, 2, 3, 90, 4, 5])
})

test('after a failure the next one runs', async () => {
  const line = createShortestFirst()
  const failed = line.run(1, () => Promise.reject(new Error('no')))
  const next = line.run(2, async () => 'next')
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('next')
})
