import { countOf } from '@aftercall/testkit/test-count'
import { seedOfTest } from '@aftercall/testkit/test-seed'

/** Of pages that each prove the same: every third, beginning with one that the seed of the test draws. Thorough runs look at all. */
export function drawPaths(paths: readonly string[]): string[] {
  const share = countOf({ quick: 3, thorough: 1 })
  const first = share === 1 ? 0 : seedOfTest() % share
  return paths.filter((_, at) => at % share === first)
}
