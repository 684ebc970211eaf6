import { relative } from 'node:path'
import { fork, type Random, randomFrom } from '@aftercall/samples/random'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Counts, countOf } from './test-count.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Place = { file: string; test: string }

/**
 * Options for `fc.assert`, so that a failing property prints the line that replays it. `TEST_SEED` and `TEST_PATH` bring
 * back one counterexample, `TEST_RUNS` sets the number of runs.
 */
export function propertyOptions<Ts>(
  runs: number | Counts = 100,
  environment: Environment = process.env,
): fc.Parameters<Ts> {
  const place = placeOfTest()
  const seed = wholeNumber(environment, 'TEST_SEED')
  const path = environment.TEST_PATH
  return {
    numRuns:
      wholeNumber(environment, 'TEST_RUNS') ?? (typeof runs === 'number' ? runs : countOf(runs, environment)),
    reporter: (run) => report(place, run),
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined || path === '' ? {} : { path }),
  }
}

/** Random values for a test that is no property. */
export function randomOfTest(environment: Environment = process.env): Random {
  return fork(randomFrom(seedOfTest(environment)), placeOfTest().test)
}

/** A seed for a test that is no property. Prints the line that replays it at once, because it may fail in any way. */
export function seedOfTest(environment: Environment = process.env): number {
  const seed = wholeNumber(environment, 'TEST_SEED') ?? Math.floor(Math.random() * 2 ** 31)
  process.stdout.write(`Replay: ${replayLine(placeOfTest(), seed)}\n`)
  return seed
}

function report<Ts>(place: Place, run: fc.RunDetails<Ts>): void {
  if (!run.failed) return
  const line = replayLine(place, run.seed, run.counterexamplePath)
  throw new Error(`${fc.defaultReportMessage(run)}\n\nReplay: ${line}\n`, { cause: run.errorInstance })
}

function replayLine({ file, test }: Place, seed: number, path: string | null = null): string {
  const where = path === null ? '' : ` TEST_PATH='${path}'`
  // The name is a regular expression there, within quotes of the shell.
  const pattern = test.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll("'", "'\\''")
  return `TEST_SEED=${seed}${where} npx vitest run ${file} -t '${pattern}'`
}

function placeOfTest(): Place {
  const { testPath = '', currentTestName = '' } = expect.getState()
  return { file: relative(process.cwd(), testPath), test: currentTestName.split(' > ').at(-1) ?? '' }
}

function wholeNumber(environment: Environment, key: string): number | undefined {
  const text = environment[key]
  if (text === undefined || text === '') return undefined
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new Error(`${key} must be a whole number, not "${text}"`)
  return number
}
