import fc from 'fast-check'
import { expect, it } from 'vitest'
import { propertyOptions } from './fast-check-seed.ts'

const failing = fc.property(fc.integer({ min: 0, max: 1_000_000 }), (number) => number < 500)

function messageOf(environment: Record<string, string>): string {
  try {
    fc.assert(failing, propertyOptions('numbers stay small', 1_000, environment))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}

it('a failing property prints the line that replays it', () => {
  expect(messageOf({})).toMatch(
    /Replay: FC_SEED=-?\d+ FC_PATH='[\d:]+' npx vitest run -t 'numbers stay small'/,
  )
})

it('seed and path bring back the same counter-example at once', () => {
  const first = messageOf({ FC_SEED: '42' })
  const path = /FC_PATH='([\d:]+)'/.exec(first)?.[1] ?? ''
  const again = messageOf({ FC_SEED: '42', FC_PATH: path })
  expect(again).toContain('Property failed after 1 tests')
  expect(/Counterexample: .*/.exec(again)?.[0]).toBe(/Counterexample: .*/.exec(first)?.[0])
})

it('FC_RUNS overrides the number of runs', () => {
  expect(propertyOptions('any', 100, { FC_RUNS: '7' }).numRuns).toBe(7)
  expect(propertyOptions('any', 100, {}).numRuns).toBe(100)
})

it('without FC_SEED every run has a seed of its own', () => {
  expect(propertyOptions('any', 100, { FC_SEED: '' })).not.toHaveProperty('seed')
})

it('a seed that is no number is refused', () => {
  expect(() => propertyOptions('any', 100, { FC_SEED: 'x' })).toThrow('FC_SEED must be a whole number')
})

it('a passing property says nothing', () => {
  fc.assert(
    fc.property(fc.nat(), (number) => number >= 0),
    propertyOptions('naturals', 20, {}),
  )
})

it('asynchronous properties report alike', async () => {
  const property = fc.asyncProperty(fc.nat(), async (number) => number < 10)
  await expect(fc.assert(property, propertyOptions('async', 1_000, {}))).rejects.toThrow('Replay: FC_SEED=')
})
