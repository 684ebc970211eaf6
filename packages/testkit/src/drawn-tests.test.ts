import { describe, expect, test } from 'vitest'
import { draw, drawnTests } from './drawn-tests.ts'
import { countOf } from './test-count.ts'

describe('of drawn tests', () => {
  const ran: string[] = []
  const drawn = drawnTests({ quick: 2, thorough: 'all' })
  drawn('one', async () => {
    ran.push('one')
  })
  drawn.each(['two', 'three', 'four'])('case %s', async (name) => {
    ran.push(name)
  })
  test('as many run as said, and in the thorough run all', () => {
    expect(ran).toHaveLength(countOf({ quick: 2, thorough: 4 }))
  })
})

test('the same seed draws the same tests, and other seeds draw each of them', () => {
  expect(draw(12, 3, 7)).toEqual(draw(12, 3, 7))
  const seeds = Array.from({ length: 100 }, (_, seed) => seed)
  expect(new Set(seeds.flatMap((seed) => draw(12, 3, seed))).size).toBe(12)
  for (const seed of seeds) expect(new Set(draw(12, 3, seed)).size).toBe(3)
})

test('of fewer tests than asked for, all are drawn', () => {
  expect(draw(2, 3, 7).sort()).toEqual([0, 1])
})
