import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** The state of a queue when a worker last read it. Null if it is not known. */
export type QueueHeartbeat = {
  name: 'live' | 'backfill'
  url: string
  waiting: number | null
  inFlight: number | null
  delayed: number | null
  deadLetters: number | null
  /** Approximate, by the message that was received last. Also null if no message waits. */
  oldestSeconds: number | null
  /** AWS Lambda hands over its messages: while none come, nothing runs that could report. */
  invokes?: true
}

export type WorkerHeartbeat = {
  /** A uuid that the process generates. */
  workerId: string
  host: string
  version: string
  receiving: boolean
  inFlight: number
  queues: QueueHeartbeat[]
  lastError: { code: string; at: Date } | null
}

/** Rows of workers that are gone for longer are reused, so the table never grows beyond the workers of one day. */
const keptFor = sql.lit('1 day')

/**
 * Records that this worker is alive: one row by its primary key, in a transaction of its own. Nothing waits for it, and
 * it waits for no loader. Times are the database's.
 */
export async function recordHeartbeat(db: Database, beat: WorkerHeartbeat): Promise<void> {
  const { workerId, host, version, receiving, inFlight, queues, lastError } = beat
  const values = sql`${host}, ${version}, ${receiving}, ${inFlight}, ${JSON.stringify(queues)}::jsonb,
    ${lastError?.code ?? null}, ${lastError?.at ?? null}::timestamptz`
  const columns = sql`host, version, receiving, in_flight, queues, last_error_code, last_error_at`
  const updated = await sql`
    update ingest.worker set (${columns}) = row (${values}), beat_at = now(), stopped_at = null
    where worker_id = ${workerId}::uuid
  `.execute(db)
  if (updated.numAffectedRows === 1n) return
  // Loaders may not delete here, and need not. Two workers that want the same old row do not wait for each other.
  await sql`
    with taken as (
      update ingest.worker
      set (${columns}) = row (${values}), worker_id = ${workerId}::uuid,
          started_at = now(), beat_at = now(), stopped_at = null
      where worker_id = (
        select worker_id from ingest.worker where beat_at < now() - interval ${keptFor}
        order by beat_at limit 1 for update skip locked)
      returning worker_id
    )
    insert into ingest.worker (worker_id, ${columns})
    select ${workerId}::uuid, ${values} where not exists (select from taken)
    on conflict (worker_id) do nothing
  `.execute(db)
}

/** Records that this worker was stopped, so that its silence raises no alarm. */
export async function recordStop(db: Database, workerId: string): Promise<void> {
  const now = sql<Date>`now()`
  await db
    .updateTable('ingest.worker')
    .set({ stopped_at: now, beat_at: now, receiving: false, in_flight: 0 })
    .where('worker_id', '=', workerId)
    .execute()
}

/** A worker of the last day, as it last reported. */
export type KnownWorker = Omit<WorkerHeartbeat, 'lastError'> & {
  startedAt: Date
  beatAt: Date
  /** By the database's clock. */
  silentSeconds: number
  stoppedAt: Date | null
  lastErrorCode: string | null
  lastErrorAt: Date | null
}

const workersMax = 500

/** The worker that reported last comes first. Undefined while the migration that adds the table is pending. */
export async function readWorkers(db: Database): Promise<KnownWorker[] | undefined> {
  const found = await sql<{ found: boolean }>`
    select to_regclass('ingest.worker') is not null as found
  `.execute(db)
  if (found.rows[0]?.found !== true) return undefined
  const answer = await sql<KnownWorker>`
    select worker_id as "workerId", host, version, receiving, in_flight as "inFlight", queues,
           started_at as "startedAt", beat_at as "beatAt", stopped_at as "stoppedAt",
           extract(epoch from now() - beat_at)::float8 as "silentSeconds",
           last_error_code as "lastErrorCode", last_error_at as "lastErrorAt"
    from ingest.worker where beat_at >= now() - interval ${keptFor}
    order by beat_at desc limit ${workersMax}
  `.execute(db)
  return answer.rows
}
