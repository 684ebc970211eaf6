import fc from 'fast-check'

/**
 * Options for `fc.assert`, so that a failing property says how to see the very same failure again.
 *
 * `FC_SEED` and `FC_PATH` replay one counter-example, `FC_RUNS` sets the number of runs. The path belongs
 * to one property, so `name` has to be (part of) the test's name: the replay line selects the test by it.
 */
export function propertyOptions<Ts>(
  name: string,
  runs = 100,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): fc.Parameters<Ts> {
  const seed = wholeNumber(environment, 'FC_SEED')
  const path = environment.FC_PATH
  return {
    numRuns: wholeNumber(environment, 'FC_RUNS') ?? runs,
    reporter: (run) => report(name, run),
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined || path === '' ? {} : { path }),
  }
}

function report<Ts>(name: string, run: fc.RunDetails<Ts>): void {
  if (!run.failed) return
  const path = run.counterexamplePath === null ? '' : ` FC_PATH='${run.counterexamplePath}'`
  const replay = `FC_SEED=${run.seed}${path} npx vitest run -t '${name.replaceAll("'", "'\\''")}'`
  throw new Error(`${fc.defaultReportMessage(run)}\n\nReplay: ${replay}\n`, { cause: run.errorInstance })
}

function wholeNumber(
  environment: Readonly<Record<string, string | undefined>>,
  key: string,
): number | undefined {
  const text = environment[key]
  if (text === undefined || text === '') return undefined
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new Error(`${key} must be a whole number, not "${text}"`)
  return number
}
