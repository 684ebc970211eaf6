import { type Contenders, type Started, startContenders } from '../contenders/start-all.ts'
import { checkSameRows } from '../harness/check-same-rows.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, summarize } from '../harness/print-trials.ts'
import { ratiosOf, type Spread } from '../harness/statistics.ts'
import { printTableUsage, readStoredSize, readTableUsage, type TableUsage } from '../harness/table-usage.ts'
import { type Turn, takeTurns } from '../harness/take-turns.ts'
import { runTrial, type Trial, totalCpuMsOf } from '../harness/trial.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** All contenders against each other, in one run. */
export const contenders: Comparison = {
  name: 'contenders',
  about: 'aftercall and what others would build, in turns: CPU and log per file',
  run: (options) => withBench((bench) => compare(bench, options), options),
}

/** Sessions that all contenders load before measuring, to check that they store the same. */
const checkedSessions = 30

const storedSessionsMin = 10_000

async function compare(bench: Bench, { quick, tls, print }: ComparisonOptions): Promise<Found> {
  print(`${bench.postgres.about}; S3 and SQS ${tls ? 'over TLS' : 'in clear text'}`)
  const started = await startContenders(bench)
  await checkContenders(bench, started)
  const turns = turnsOf(bench, started)
  await bench.postgres.checkpoint()
  const scaleOf = (roundsLeft: number): number => (quick ? scaleToFit(turns, roundsLeft) : 2)
  const trials = await takeTurns(turns, { rounds: quick ? 3 : 7, scaleOf })
  const summaries = summarize(trials)
  printSummaries(summaries, print)
  const ratios = Object.values(started)
    .map(({ contender: { name } }) => ({ name, ...ratiosOfContender(trials, name) }))
    .filter(({ name }) => name !== 'aftercall')
  for (const ratio of ratios) printRatios(ratio, print)

  const { databaseUrl, contender } = started.aftercall
  // With few sessions, the pages that each table and index has at least would count.
  if (!quick) await runTrial(bench, contender, bench.nextLoad(storedSessionsMin))
  const usage = await readTableUsage(databaseUrl)
  print('bytes of a session by table, as the trials left them:')
  printTableUsage(usage, print)
  const size = await readStoredSize(databaseUrl, usage)
  const { bytesPerSession, documentBytesPerSession, sessions } = size
  print(
    `stored: ${(bytesPerSession / 1_000).toFixed(2)} kB a session, and its document of ` +
      `${(documentBytesPerSession / 1_000).toFixed(2)} kB (${sessions} sessions${quick ? ', too few to be exact' : ''})`,
  )
  const of = (name: string) => ratios.find((ratio) => ratio.name === name)
  return {
    name: contenders.name,
    figures: { postgres: bench.postgres.about, tls, summaries, trials, ratios, usage, size },
    measured: {
      ...defined('eltTotal', of('elt')?.total.median),
      ...defined('eltPostgres', of('elt')?.postgres.median),
      ...defined('conventionalTotal', of('conventional')?.total.median),
      ...defined('hotHeads', hotShareOf(usage, 'ingest.session_head')),
      ...defined('hotLedger', hotShareOf(usage, 'ingest.object')),
      ...(quick ? {} : { storedKb: bytesPerSession / 1_000 }),
    },
  }
}

function defined(name: string, figure: number | null | undefined): Record<string, number> {
  return figure === undefined || figure === null ? {} : { [name]: figure }
}

function hotShareOf(usage: readonly TableUsage[], name: string): number | null | undefined {
  return usage.find(({ table }) => table === name)?.hotShare
}

/** Since the start of this process; what follows the trials takes a few seconds. */
const quickSecondsMax = 50
/** Shorter trials are meaningless; there are fewer rounds instead. */
const scaleMin = 0.5

/** On a busy machine, trials are shorter. */
function scaleToFit(turns: readonly Turn[], roundsLeft: number): number {
  const leftSeconds = quickSecondsMax - performance.now() / 1_000
  const roundSeconds = turns.reduce((sum, { seconds }) => sum + seconds, 0)
  const isTooLate = leftSeconds < roundSeconds * scaleMin
  return isTooLate ? 0 : Math.min(1, Math.max(scaleMin, leftSeconds / roundsLeft / roundSeconds))
}

async function checkContenders(bench: Bench, started: Contenders): Promise<void> {
  const load = bench.nextLoad(checkedSessions)
  for (const { contender } of Object.values(started)) await runTrial(bench, contender, load)
  const { aftercall, conventional, elt, eltWithOurGet } = started
  await checkSameRows(aftercall.databaseUrl, conventional.databaseUrl, elt.databaseUrl)
  await checkSameRows(aftercall.databaseUrl, conventional.databaseUrl, eltWithOurGet.databaseUrl)
}

function turnsOf(bench: Bench, { aftercall, conventional, elt, eltWithOurGet }: Contenders): Turn[] {
  const loading = ({ contender }: Started, firstSessions: number, sessionsMin: number): Turn => ({
    name: contender.name,
    firstSessions,
    sessionsMin,
    seconds: 2.5,
    run: (sessions) => runTrial(bench, contender, bench.nextLoad(sessions)),
  })
  return [
    loading(conventional, 100, 20),
    loading(elt, 700, 500),
    loading(eltWithOurGet, 700, 500),
    loading(aftercall, 1_500, 800),
  ]
}

type Ratios = Record<'total' | 'worker' | 'postgres' | 'log' | 'files', Spread>

/** What a contender takes for a file, in what aftercall takes in the same round. */
function ratiosOfContender(trials: readonly Trial[], name: string): Ratios {
  const ratioOf = (figure: (trial: Trial) => number): Spread => {
    const of = (party: string): number[] => trials.filter((trial) => trial.name === party).map(figure)
    return ratiosOf(of(name), of('aftercall'))
  }
  return {
    total: ratioOf(totalCpuMsOf),
    worker: ratioOf((trial) => trial.workerCpuMsPerFile),
    postgres: ratioOf((trial) => trial.postgresCpuMsPerFile),
    log: ratioOf((trial) => trial.walKbPerFile),
    files: ratioOf((trial) => 1 / trial.filesPerSecond),
  }
}

function printRatios({ name, ...ratios }: Ratios & { name: string }, print: (line: string) => void): void {
  const show = ({ median, min, max }: Spread): string =>
    `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`
  print(
    `${name} / aftercall: CPU ${show(ratios.total)}, worker ${show(ratios.worker)}, ` +
      `Postgres ${show(ratios.postgres)}, log ${show(ratios.log)}, time ${show(ratios.files)}`,
  )
}
