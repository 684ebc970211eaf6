import { expect, test } from 'vitest'
import { limitLines } from './limit-lines.ts'

test('in a flood, the first lines of each kind are logged, and the next span says how many were left out', () => {
  let now = 0
  const limit = limitLines({ linesMax: 3, spanMs: 1_000, nowMs: () => now })
  const logged = (kind: string, times: number) =>
    Array.from({ length: times }, () => limit(kind)).filter((line) => line.isLogged)
  expect(logged('rejected', 10_000)).toEqual([1, 2, 3].map(() => ({ isLogged: true, leftOut: 0 })))
  expect(logged('failed', 2)).toHaveLength(2)
  now = 1_000
  expect(logged('rejected', 2)).toEqual([
    { isLogged: true, leftOut: 9_997 },
    { isLogged: true, leftOut: 0 },
  ])
})
