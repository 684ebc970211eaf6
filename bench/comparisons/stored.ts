import { sql } from 'kysely'
import { buildAftercall, startAftercall } from '../contenders/aftercall.ts'
import {
  cpuMsOfSessions,
  openBenchDatabase,
  prepareDatabase,
  readWalBytes,
  urlOf,
} from '../harness/bench-postgres.ts'
import type { Contender } from '../harness/contender.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { printSummaries, summarize } from '../harness/print-trials.ts'
import { spreadOf } from '../harness/statistics.ts'
import { takeTurns } from '../harness/take-turns.ts'
import { runTrial, type TrialPlace } from '../harness/trial.ts'
import type { Load } from '../mix/mix.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

export const stored: Comparison = {
  name: 'stored',
  about: 'an empty database and a full one (--database URL, on a server on this machine)',
  run: (options) => withBench((bench) => compareStored(bench, options), options),
}

async function compareStored(bench: Bench, { databaseUrl, quick, print }: ComparisonOptions): Promise<Found> {
  if (databaseUrl === undefined) {
    print('skipped: needs --database URL, a migrated database that is full')
    return { name: stored.name, figures: null }
  }
  const server = await openServer(bench, databaseUrl)
  const command = await buildAftercall()
  const contenders: Contender[] = []
  for (const [name, url] of [['empty', server.emptyUrl] as const, ['full', databaseUrl] as const]) {
    const queueUrl = bench.aws.openQueue(name).url
    const contender = await startAftercall(
      { aws: bench.aws, queue: name, queueUrl, databaseUrl: url },
      command,
    )
    bench.releasers.register(name, contender.stop)
    contenders.push(contender)
  }
  const nextLoad = createLoads()
  const turns = contenders.map((contender) => ({
    name: contender.name,
    firstSessions: 600,
    sessionsMin: 1_200,
    seconds: quick ? 2.5 : 8,
    run: (sessions: number) => runTrial({ aws: bench.aws, postgres: server }, contender, nextLoad(sessions)),
  }))
  const trials = await takeTurns(turns, { rounds: quick ? 3 : 5 })
  const summaries = summarize(trials)
  printSummaries(summaries, print)
  const [empty, full] = contenders.map(({ name }) => trials.filter((trial) => trial.name === name))
  const shares = full?.map(
    (trial, round) => trial.filesPerSecond / (empty?.[round]?.filesPerSecond ?? Number.NaN),
  )
  const share = spreadOf(shares ?? [])
  print(`rate of the full database: ${(share.median * 100).toFixed(0)} % of the empty one`)
  return { name: stored.name, figures: { summaries, trials, share }, measured: { fullToEmpty: share.median } }
}

type Server = TrialPlace['postgres'] & { emptyUrl: string }

/** The server of the given full database, with an empty database created next to it for the run. */
async function openServer({ releasers }: Bench, databaseUrl: string): Promise<Server> {
  const { db, close } = openBenchDatabase(databaseUrl)
  releasers.register('full database', close)
  const emptyName = `bench_empty_${process.pid}`
  await sql`create database ${sql.id(emptyName)}`.execute(db)
  releasers.register('empty database', async () => {
    await sql`drop database ${sql.id(emptyName)} with (force)`.execute(db)
  })
  const emptyUrl = urlOf(databaseUrl, emptyName)
  await prepareDatabase(emptyUrl)
  return {
    emptyUrl,
    sessionsCpuMs: (url) => cpuMsOfSessions(db, url),
    walBytes: () => readWalBytes(db),
  }
}

/** Ids far above all others and different in each run, because the full database keeps what is loaded. */
function createLoads(): (sessions: number) => Load {
  let nextSession = 400_000_000 + (Math.floor(Date.now() / 1_000) % 400) * 1_000_000
  return (sessions) => {
    const firstSession = nextSession
    nextSession += sessions
    return { firstSession, sessions }
  }
}
