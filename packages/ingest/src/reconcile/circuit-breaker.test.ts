import { expect, test } from 'vitest'
import type { Outcome } from '../outcome.ts'
import { withCircuitBreaker } from './circuit-breaker.ts'

const { signal } = new AbortController()
const failure: Outcome = { kind: 'failed', code: 'access_denied', delaySeconds: 0, cause: null }

async function tryAll(objects: number, outcomeOf: (id: number) => Outcome): Promise<number> {
  let tried = 0
  const load = withCircuitBreaker(async ({ key }) => {
    tried += 1
    return outcomeOf(Number(key))
  })
  for (let id = 0; id < objects; id += 1) {
    await load({ key: String(id), listed: { key: String(id) }, known: undefined }, signal)
  }
  return tried
}

test('where nothing can be loaded, a hundred objects are tried and the rest is postponed', async () => {
  expect(await tryAll(5_000, () => failure)).toBe(100)
})

test('I5 bad objects among good ones keep no other from being loaded', async () => {
  expect(await tryAll(5_000, (id) => (id % 50 === 0 ? { kind: 'stored' } : failure))).toBe(5_000)
})
