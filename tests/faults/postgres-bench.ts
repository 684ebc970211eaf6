import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { expect, onTestFinished } from 'vitest'
import { type Bench, bucket, openBench } from '../e2e/bench.ts'
import { endCommands } from '../e2e/command.ts'
import { type SampleFile, type StoredSession, storedSessions } from '../e2e/documents.ts'
import { until } from '../e2e/until.ts'
import { type RunningWorker, startWorker } from '../e2e/worker.ts'
import type { OwnPostgres } from './own-postgres.ts'

export type PostgresBench = Bench & {
  /** A worker that makes many small transactions, and whose patience ends soon. */
  start(changes?: { database?: object; worker?: object }): Promise<RunningWorker>
  putAll(files: readonly SampleFile[]): Promise<void>
  untilStored(objects: number): Promise<void>
}

const sources = builtInTenants.map(({ name, timeZone }) => ({ name, bucket, prefix: `${name}/`, timeZone }))
/** So small that the work takes many transactions. */
const small = { inFlight: 12, batchSize: 4, lingerMs: 5 }

/** The bench of the end-to-end tests with its database on a server that may be broken. Closes itself after the test. */
export async function openPostgresBench(
  server: Pick<OwnPostgres, 'url'> & { restore?(): Promise<void> },
): Promise<PostgresBench> {
  const bench = await openBench({ sources, receivesMax: 3, serverUrl: server.url })
  const { database, rows } = bench
  onTestFinished(async () => {
    await endCommands()
    await server.restore?.()
    await bench.close()
  })
  return {
    ...bench,
    start: async (changes = {}) => {
      const config = await bench.writeConfig('faults', {
        database: { url: database.url, statementTimeoutSeconds: 1, ...changes.database },
        worker: { ...small, ...changes.worker },
      })
      return startWorker(config, { env: bench.env })
    },
    // One after the other: revisions of a session share a key, and the later one has to stay.
    putAll: async (files) => {
      for (const { key, text } of files) await bench.put(key, text)
    },
    untilStored: (objects) =>
      until(`${objects} objects have settled`, async () => {
        const [row] = await rows<{ objects: number }>('select count(*)::int as objects from ingest.object')
        return (row?.objects ?? 0) >= objects
      }).then(() => {}),
  }
}

/** Every batch takes a while, so that what happens meanwhile happens in the middle of the load. */
export async function slowDown({ rows }: Pick<PostgresBench, 'rows'>, seconds: number): Promise<void> {
  await rows(`
    create function ingest.take_a_while() returns trigger language plpgsql as
      $$ begin perform pg_sleep(${seconds}); return null; end $$;
    create trigger take_a_while before insert on ingest.object
      for each statement execute function ingest.take_a_while()`)
}

/** All sessions with exactly their children, a settled ledger row for each object, and no message received twice. */
export async function expectAllStored(
  bench: PostgresBench,
  { files, expected }: { files: SampleFile[]; expected: StoredSession[] },
): Promise<void> {
  await bench.untilSettled()
  expect(await bench.deadLetters()).toBe(0)
  expect(await storedSessions(bench)).toEqual(expected)
  const ledger = await bench.rows<{ object_key: string; outcome: string; receive_count: number }>(
    'select object_key, outcome, receive_count from ingest.object',
  )
  expect(new Set(ledger.map(({ object_key }) => object_key))).toEqual(new Set(files.map(({ key }) => key)))
  expect(ledger.filter(({ outcome }) => !['stored', 'superseded', 'duplicate'].includes(outcome))).toEqual([])
  expect(ledger.filter(({ receive_count }) => receive_count !== 1)).toEqual([])
  expect(await bench.rows('select count(*)::int as heads from ingest.session_head')).toEqual([
    { heads: expected.length },
  ])
  expect(await bench.rows('select count(*)::int as rejections from ingest.rejection')).toEqual([
    { rejections: 0 },
  ])
}

/** It was well all the time, and is ready for more. */
export async function expectWell(worker: RunningWorker): Promise<void> {
  await worker.untilReady()
  expect((await worker.get('/healthz')).status).toBe(200)
  await worker.stop()
}

export const untilNotReady = (worker: RunningWorker): Promise<unknown> =>
  until('/readyz says that the database is away', async () => {
    const { checks } = await worker.readiness()
    return checks.some(({ name, ok }) => name === 'database' && !ok)
  })

/** Resolves when the worker has tried again a batch for that SQLSTATE, or for none, so often. */
export const untilRetried = (worker: RunningWorker, state: string | null, times = 1): Promise<unknown> =>
  until(`the worker tries again ${times} times after ${state ?? 'no answer'}`, () => {
    const retries = worker.logs().filter(({ msg }) => String(msg).includes('did not take the batch; trying'))
    return retries.filter((line) => state === null || JSON.stringify(line).includes(state)).length >= times
  })
