import { isDeepStrictEqual } from 'node:util'
import { createTestDatabase } from '@aftercall/testkit/test-database'
import { expect, inject, onTestFinished, test } from 'vitest'
import { readCorpus } from './corpus.ts'
import { createTarget, targetNames } from './targets.ts'

test.each(targetNames)('I5 every input that the fuzzer has kept is read by the rules: %s', async (name) => {
  const needsDatabase = name === 'console-request'
  const database = needsDatabase ? await createTestDatabase(inject('postgresUrl')) : undefined
  onTestFinished(async () => database?.drop())
  const target = await createTarget(name, database?.url)
  onTestFinished(async () => target.close?.())
  const corpus = readCorpus(name)
  expect(corpus.length).toBeGreaterThan(0)
  expect(corpus.length).toBeLessThanOrEqual(30)
  for (const input of corpus) {
    const first = await target.read(Uint8Array.from(input))
    expect(isDeepStrictEqual(await target.read(Uint8Array.from(input)), first)).toBe(true)
  }
})
