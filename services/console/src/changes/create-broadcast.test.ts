import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBroadcast } from './create-broadcast.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const second = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1_000)

test('a hundred followers cost as many reads as one, and nobody following costs none', async () => {
  let reads = 0
  let state = 'a'
  const { follow } = createBroadcast(async () => {
    reads += 1
    return state
  })
  const told = new Array<number>(100).fill(0)
  const ends = told.map((_, index) =>
    follow(() => {
      told[index] = (told[index] ?? 0) + 1
    }),
  )
  await second()
  expect([reads, new Set(told)]).toEqual([2, new Set([1])])
  state = 'b'
  await second()
  await second()
  expect([reads, new Set(told)], 'what is the same tells nobody').toEqual([4, new Set([2])])

  for (const end of ends) end()
  await second()
  const before = reads
  await vi.advanceTimersByTimeAsync(60_000)
  expect([reads, vi.getTimerCount()]).toEqual([before, 0])

  state = 'c'
  let late = 0
  const end = follow(() => {
    late += 1
  })
  expect(late, 'what is known is told at once').toBe(1)
  await second()
  expect(late).toBe(2)
  end()
})

test('a read that fails is told, and so is the first that does not', async () => {
  let isAway = false
  let told = 0
  const { follow } = createBroadcast(async () => {
    if (isAway) throw new Error('away')
    return 'here'
  })
  const end = follow(() => {
    told += 1
  })
  await second()
  isAway = true
  await second()
  await second()
  expect(told).toBe(2)
  isAway = false
  await second()
  expect(told).toBe(3)
  end()
})
