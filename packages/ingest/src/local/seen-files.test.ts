import { expect, test } from 'vitest'
import { createSeenFiles } from './seen-files.ts'

const file = (position: number, look = 'a') => ({ path: `/srv/${position}.json`, version: '1', look })
const range = (count: number) => Array.from({ length: count }, (_, position) => position)

test('a file counts as seen until it looks different or has another name', () => {
  const seen = createSeenFiles(4_096)
  expect(seen.has(file(1))).toBe(false)
  seen.add(file(1))
  expect(seen.has(file(1))).toBe(true)
  expect(seen.has(file(1, 'b'))).toBe(false)
  expect(seen.has(file(2))).toBe(false)
})

test('nearly all files are remembered while the table is a quarter full', () => {
  const seen = createSeenFiles(40_000)
  for (const position of range(10_000)) seen.add(file(position))
  const forgotten = range(10_000).filter((position) => !seen.has(file(position)))
  expect(forgotten.length).toBeLessThan(100)
})

test('I8 of more files than the table holds, some are forgotten, and none is mistaken for another', () => {
  const seen = createSeenFiles(1_024)
  for (const position of range(20_000)) seen.add(file(position))
  const remembered = range(20_000).filter((position) => seen.has(file(position)))
  expect(remembered.length).toBeGreaterThan(512)
  expect(remembered.length).toBeLessThanOrEqual(1_024)
  expect(range(20_000).filter((position) => seen.has(file(position, 'b')))).toEqual([])
})
