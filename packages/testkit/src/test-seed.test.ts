import { unit } from '@aftercall/samples/random'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { propertyOptions, randomOfTest } from './test-seed.ts'

const failing = fc.property(fc.integer({ min: 0, max: 1_000_000 }), (number) => number < 500)

function messageOf(environment: Record<string, string>): string {
  try {
    fc.assert(failing, propertyOptions(1_000, environment))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}

it('a failing property prints the line that replays it (this test, alone)', () => {
  expect(messageOf({})).toMatch(
    /Replay: TEST_SEED=-?\d+ TEST_PATH='[\d:]+' npx vitest run packages\/testkit\/src\/test-seed\.test\.ts -t 'a failing property prints the line that replays it \\\(this test, alone\\\)'/,
  )
})

it('seed and path bring back the same counterexample at once', () => {
  const first = messageOf({ TEST_SEED: '42' })
  const path = /TEST_PATH='([\d:]+)'/.exec(first)?.[1] ?? ''
  const again = messageOf({ TEST_SEED: '42', TEST_PATH: path })
  expect(again).toContain('Property failed after 1 tests')
  expect(/Counterexample: .*/.exec(again)?.[0]).toBe(/Counterexample: .*/.exec(first)?.[0])
})

it('TEST_RUNS overrides the number of runs, and TEST_THOROUGH chooses the larger one', () => {
  const counts = { quick: 10, thorough: 100 }
  expect(propertyOptions(counts, {}).numRuns).toBe(10)
  expect(propertyOptions(counts, { TEST_THOROUGH: '1' }).numRuns).toBe(100)
  expect(propertyOptions(counts, { TEST_THOROUGH: '1', TEST_RUNS: '7' }).numRuns).toBe(7)
  expect(propertyOptions(100, {}).numRuns).toBe(100)
})

it('without TEST_SEED every run has a seed of its own', () => {
  expect(propertyOptions(100, { TEST_SEED: '' })).not.toHaveProperty('seed')
  expect(unit(randomOfTest({}))).not.toBe(unit(randomOfTest({})))
})

it('a seed repeats the random values of a test', () => {
  expect(unit(randomOfTest({ TEST_SEED: '42' }))).toBe(unit(randomOfTest({ TEST_SEED: '42' })))
})

it('a seed that is no number is refused', () => {
  expect(() => propertyOptions(100, { TEST_SEED: 'x' })).toThrow('TEST_SEED must be a whole number')
})

it('a passing property says nothing', () => {
  fc.assert(
    fc.property(fc.nat(), (number) => number >= 0),
    propertyOptions(20, {}),
  )
})

it('asynchronous properties report alike', async () => {
  const property = fc.asyncProperty(fc.nat(), async (number) => number < 10)
  await expect(fc.assert(property, propertyOptions(1_000, {}))).rejects.toThrow('Replay: TEST_SEED=')
})
