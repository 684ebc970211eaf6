import { createReleasers, onStopSignals, type Releasers } from '@aftercall/runtime/process/lifecycle'
import { type FastAws, startFastAws } from '../fast-aws/start-fast-aws.ts'
import type { Load } from '../mix/mix.ts'
import { type BenchPostgres, startBenchPostgres } from './bench-postgres.ts'
import type { ContenderPlace } from './contender.ts'

export type Bench = {
  aws: FastAws
  postgres: BenchPostgres
  releasers: Releasers
  /** Creates a queue and a database for a contender. */
  makePlace(name: string, options?: { keepsDelays?: boolean }): Promise<ContenderPlace>
  /** The same with a database that has no tables. */
  makeEmptyPlace(name: string): Promise<ContenderPlace>
  /** The next sessions of the mix, which no contender has loaded yet. */
  nextLoad(sessions: number): Load
}

export type BenchOptions = {
  objectDelayMs?: number
  tls?: boolean
  /** The folder of another Postgres than the embedded one. */
  postgresBin?: string | undefined
  /** Of Postgres, in addition to those of every comparison. */
  settings?: Readonly<Record<string, string>>
}

/** Starts Postgres, S3 and SQS, runs the work, and always removes everything afterwards. */
export async function withBench<Result>(
  work: (bench: Bench) => Promise<Result>,
  { postgresBin, settings, ...options }: BenchOptions = {},
): Promise<Result> {
  await using releasers = createReleasers({
    timeLimitMs: 30_000,
    onError: (name, error) => process.stderr.write(`${name}: ${String(error)}\n`),
  })
  using _signals = onStopSignals({
    signals: process,
    onFirst: () => void releasers.releaseAll().then(() => process.exit(130)),
    onSecond: (exitCode) => process.exit(exitCode),
  })
  const [aws, postgres] = await Promise.all([
    startFastAws(options),
    startBenchPostgres({ binDir: postgresBin, settings }),
  ])
  releasers.register('fast S3 and SQS', aws.stop)
  releasers.register('postgres', postgres.stop)
  let nextSession = 0
  return await work({
    aws,
    postgres,
    releasers,
    makePlace: async (name, options) => {
      const queue = name.replaceAll(' ', '-')
      const databaseUrl = await postgres.createDatabase(`bench_${queue}`)
      return { aws, queue, queueUrl: aws.openQueue(queue, options).url, databaseUrl }
    },
    makeEmptyPlace: async (name) => {
      const queue = name.replaceAll(' ', '-')
      const databaseUrl = await postgres.createEmptyDatabase(`bench_${queue}`)
      return { aws, queue, queueUrl: aws.openQueue(queue).url, databaseUrl }
    },
    nextLoad: (sessions) => {
      const firstSession = nextSession
      nextSession += sessions
      return { firstSession, sessions }
    },
  })
}
