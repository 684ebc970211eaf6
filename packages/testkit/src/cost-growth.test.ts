import { expect, it } from 'vitest'
import { costGrowth, linearGrowthMax } from './cost-growth.ts'

function sumOfPairs(size: number): number {
  let sum = 0
  for (let one = 0; one < size; one += 1) for (let other = 0; other < size; other += 1) sum += one ^ other
  return sum
}

it('linear work grows linearly, and quadratic work is told from it', () => {
  expect(costGrowth((size) => sumOfPairs(Math.sqrt(size)), 1_000_000)).toBeLessThan(linearGrowthMax)
  expect(costGrowth(sumOfPairs, 2_000)).toBeGreaterThan(linearGrowthMax)
})
