import { expect, test, vi } from 'vitest'
import { shareAnswer } from './share-answer.ts'

test('only one read runs at a time, no matter how many requests there are', async () => {
  let reads = 0
  const ask = shareAnswer(async () => {
    reads += 1
    return reads
  })
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1])
})

test('a slow read is followed by a pause nine times as long, and later requests do not wait for it', async () => {
  let nowMs = 0
  let reads = 0
  const pending: (() => void)[] = []
  const ask = shareAnswer(
    async () => {
      reads += 1
      if (reads === 2) await new Promise<void>((resolve) => pending.push(resolve))
      nowMs += 3_000
      return reads
    },
    { nowMs: () => nowMs },
  )
  expect(await ask()).toBe(1)
  nowMs += 26_000
  expect(await ask()).toBe(1)
  nowMs += 2_000
  // The second read is running, and the previous answer is returned.
  expect(await ask()).toBe(1)
  expect(reads).toBe(2)
  for (const resolve of pending) resolve()
  await vi.waitFor(async () => expect(await ask()).toBe(2))
  expect(reads).toBe(2)
})

test('the pause after a cheap read is at most 5 s, even if a cold machine took long for it', async () => {
  let nowMs = 0
  let reads = 0
  const ask = shareAnswer(
    async () => {
      reads += 1
      nowMs += reads === 1 ? 6_000 : 200
      return reads
    },
    { nowMs: () => nowMs, isCheap: () => true },
  )
  expect(await ask()).toBe(1)
  nowMs += 4_900
  expect(await ask()).toBe(1)
  nowMs += 200
  await ask()
  await vi.waitFor(() => expect(reads).toBe(2))
  const seen: number[] = []
  for (let page = 0; page < 5; page += 1) {
    nowMs += 5_000
    seen.push(await ask())
  }
  expect(seen, 'a page that asks every 5 s sees something new each time').toEqual([3, 4, 5, 6, 7])
})

test('an answer that is minutes old is not returned, no matter how slow the next read is', async () => {
  let nowMs = 0
  let reads = 0
  const ask = shareAnswer(
    async () => {
      reads += 1
      nowMs += 3_000
      return reads
    },
    { nowMs: () => nowMs },
  )
  expect(await ask()).toBe(1)
  nowMs += 121_000
  expect(await ask()).toBe(2)
})

test('a failed read is repeated with the next request', async () => {
  let reads = 0
  const ask = shareAnswer(async () => {
    reads += 1
    if (reads === 1) throw new Error('away')
    return reads
  })
  await expect(ask()).rejects.toThrow('away')
  expect(await ask()).toBe(2)
})
