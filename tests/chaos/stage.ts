import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import type { FaultProxy } from '@aftercall/testkit/http-fault-proxy'
import { startFaultProxy } from '@aftercall/testkit/http-fault-proxy'
import type { Database } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'
import { onTestFinished } from 'vitest'
import { createEmptyDatabase, openUrl } from '../../services/cli/test/upgrade-fixture.ts'
import { type Bench, bucket, openBench, redelivering } from '../e2e/bench.ts'
import { endCommands } from '../e2e/command.ts'
import { until } from '../e2e/until.ts'
import { type RunningWorker, startWorker } from '../e2e/worker.ts'
import { withShortReturns } from '../faults/http-bench.ts'
import { type OwnPostgres, startOwnPostgres } from '../faults/own-postgres.ts'
import { openPostgresProxy, type PostgresProxyOptions } from '../faults/postgres-proxy.ts'

/** The source of the files that the previous release has loaded. */
export const oldSource = 'acme'
export const sources = [
  ...builtInTenants.map(({ name, timeZone }) => ({ name, bucket, prefix: `${name}/`, timeZone })),
  { name: oldSource, bucket, prefix: `${oldSource}/` },
]

/** Everything that can break: two workers, a queue and a bucket behind a proxy, and a database behind another. */
export type Stage = {
  bench: Bench
  server: OwnPostgres
  /** Straight to the database, by nothing that breaks except the server. */
  db: Database
  url: string
  config: string
  skewFile: string
  proxy: Pick<FaultProxy, 'setRule'>
  /** Decides over what passes between the workers and Postgres. */
  judge: PostgresProxyOptions['judge']
  passAll(): void
  workers: RunningWorker[]
  /** Ends one of the workers, and starts another in its place. */
  replaceWorker(place: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Statements of the test itself. */
  run(statements: string): Promise<void>
  /** The keys of the files so far. */
  landed: string[]
  kills: number
}

/** So small that the work takes many transactions. */
const small = { inFlight: 12, batchSize: 4, lingerMs: 5 }
const preload = new URL('../faults/skewed-clock.ts', import.meta.url).href

/** With an empty database. Closes itself after the test. */
export async function openStage(): Promise<Stage> {
  const server = await startOwnPostgres()
  onTestFinished(() => server.close())
  const bench = await openBench({ serverUrl: server.url, sources, ...redelivering })
  const proxy = await startFaultProxy(Number(new URL(bench.aws.endpoint).port))
  const url = await createEmptyDatabase(server.url)
  const { db, close } = openUrl(url)
  const pass: PostgresProxyOptions['judge'] = () => 'pass'
  const gate = await openPostgresProxy(server.url, { judge: (chunk) => stage.judge(chunk) })
  onTestFinished(async () => {
    await server.restore()
    await endCommands()
    await Promise.all([proxy.stop(), gate.close(), close()])
    await bench.close()
  })
  const skewFile = join(bench.dir, 'skew')
  await writeFile(skewFile, '0')
  const config = await bench.writeConfig('chaos', {
    database: { url: gate.through(url), statementTimeoutSeconds: 1 },
    worker: small,
  })
  const stage: Stage = {
    ...{ bench, server, db, url, config, skewFile, judge: pass, workers: [], landed: [], kills: 0 },
    proxy: { setRule: (rule = (_request, forward) => forward()) => proxy.setRule(withShortReturns(rule)) },
    passAll: () => {
      stage.judge = pass
    },
    replaceWorker: async (place, signal) => {
      const ended = stage.workers[place]
      ended?.kill(signal)
      const end = await ended?.ended()
      if (signal === 'SIGTERM' && end?.code !== 0)
        throw new Error(`a worker that was stopped ended with ${end?.code}: ${end?.stderr.slice(-4_000)}`)
      if (signal === 'SIGKILL') stage.kills += 1
      stage.workers[place] = await start()
    },
    run: async (statements) => {
      await until('the statements of the test have run', async () => {
        await sql.raw(statements).execute(db)
        return true
      })
    },
  }
  const start = (): Promise<RunningWorker> =>
    startWorker(config, {
      env: {
        ...bench.env,
        AWS_ENDPOINT_URL: proxy.address,
        SKEW_FILE: skewFile,
        NODE_OPTIONS: `--import ${preload}`,
      },
    })
  stage.proxy.setRule()
  stage.workers.push(await start(), await start())
  return stage
}
