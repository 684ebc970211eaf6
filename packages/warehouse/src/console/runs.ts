import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { unlessPending } from '../connection/unless-pending.ts'
import { leased } from '../leases/leases.ts'
import { lostError, stoppedError } from '../ledger/reconcile-runs.ts'
import type { TroubledRun } from './overview-types.ts'

export type BackfillProgress = {
  runId: string
  source: string
  bucket: string
  prefix: string
  via: 'direct' | 'queue'
  /** running: a process works on it; paused: no process does, and it can be resumed; done. */
  state: 'running' | 'paused' | 'done'
  host: string
  /** Who has paused it; null if it was not paused by a person, for example after a process was stopped. */
  pausedBy: string | null
  partsDone: number
  parts: number
  /** Shards that are done, or of which a page was listed. */
  partsBegun: number
  /** Objects of all shards by outcome, and `listed`, which counts all of them. Without the pages that are loaded now. */
  counts: Record<string, number>
  /** Objects that have ended, and those that were listed until now: with the pages that are loaded now. */
  objects: number
  listed: number
  /** From the start to the last page, including pauses; null in the first second. */
  objectsPerSecond: number | null
  startedAt: Date
  updatedAt: Date
  endedAt: Date | null
}

export type ReconcileProgress = {
  runId: string
  source: string
  purpose: 'command' | 'schedule' | 'poll'
  /** stopped: by a person; failed: `error` says why. */
  state: 'running' | 'done' | 'stopped' | 'failed'
  host: string
  /** Objects by class: current, missing, outdated, failed, rejected, gone, recent, other; and fixed. */
  counts: Record<string, number>
  error: string | null
  startedAt: Date
  endedAt: Date | null
}

/** The newest come first. */
export type Runs = { backfills: BackfillProgress[]; reconciles: ReconcileProgress[] }

const backfillsShown = 20
const reconcilesShown = 50

export async function readRuns(db: Database): Promise<Runs> {
  const [backfills, reconciles] = await Promise.all([
    unlessPending(readBackfills(db), []),
    unlessPending(readReconciles(db), []),
  ])
  return { backfills, reconciles }
}

/** The process that works on a run holds its lease (`withRunLock`). */
async function readBackfills(db: Database): Promise<BackfillProgress[]> {
  const answer = await sql<Omit<BackfillProgress, 'objectsPerSecond'> & { seconds: number }>`
    with run as (
      select * from ingest.backfill_run order by run_id desc limit ${backfillsShown}
    ),
    part as (
      select run_id, count(*) as parts, count(*) filter (where state = 'done') as parts_done, max(updated_at) as updated_at,
             count(*) filter (where state = 'done' or counts <> '{}' or page_objects > 0) as parts_begun,
             sum(page_objects) as page_objects, sum(page_ended) as page_ended
      from ingest.backfill_shard where run_id in (select run_id from run) group by run_id
    ),
    counted as (
      select run_id, jsonb_object_agg(name, number) as counts,
             -- The counts contain how many were listed, besides the outcome of each object.
             sum(number) filter (where name <> 'listed') as objects,
             sum(number) filter (where name = 'listed') as listed from (
        select run_id, name, sum(number::bigint) as number
        from ingest.backfill_shard, jsonb_each_text(counts) as count (name, number)
        where run_id in (select run_id from run) group by run_id, name
      ) as names group by run_id
    ),
    held as (${heldLeases})
    select run_id::text as "runId", source, bucket, prefix, via,
           case when state = 'done' then 'done'
                when ${leased.backfillRun}::text || run_id in (select name from held) then 'running'
                else 'paused' end as state,
           host, paused_by as "pausedBy", coalesce(parts, 0)::float8 as parts, coalesce(parts_done, 0)::float8 as "partsDone",
           coalesce(parts_begun, 0)::float8 as "partsBegun", coalesce(counted.counts, '{}') as counts,
           (coalesce(objects, 0) + coalesce(page_ended, 0))::float8 as objects,
           (coalesce(listed, 0) + coalesce(page_objects, 0))::float8 as listed,
           extract(epoch from greatest(run.updated_at, part.updated_at) - run.started_at)::float8 as seconds,
           started_at as "startedAt", greatest(run.updated_at, part.updated_at) as "updatedAt", ended_at as "endedAt"
    from run left join part using (run_id) left join counted using (run_id)
    order by run_id desc
  `.execute(db)
  return answer.rows.map(({ seconds, ...run }) => ({
    ...run,
    objectsPerSecond: seconds < 1 ? null : run.objects / seconds,
  }))
}

async function readReconciles(db: Database): Promise<ReconcileProgress[]> {
  const answer = await sql<ReconcileProgress>`
    with held as (${heldLeases})
    select run_id::text as "runId", source, purpose, ${reconcileState} as state, host, counts,
           left(case when ${isLost} then ${lostError} else error end, 500) as error,
           started_at as "startedAt", ended_at as "endedAt"
    from ingest.reconcile_run order by run_id desc limit ${reconcilesShown}
  `.execute(db)
  return answer.rows
}

const heldLeases = sql`select name from ingest.lease where expires_at > clock_timestamp()`

/** A killed process does not record an end, and no longer renews the lease of its run (command) or of its source (schedule). */
const isLost = sql`
  (ended_at is null and
     case purpose when 'command' then ${leased.reconcileRun}::text || run_id else ${leased.reconcileOf}::text || source end
   not in (select name from held))`

const reconcileState = sql`
  case when ${isLost} then 'failed' when ended_at is null then 'running' when error is null then 'done'
       when error = ${stoppedError} then 'stopped' else 'failed' end`

/** The newest backfill of each source if it is paused, and its newest reconcile of each purpose if it failed. */
export async function findTroubledRuns(db: Database): Promise<TroubledRun[]> {
  const backfills = new Map((await readBackfills(db)).toReversed().map((run) => [run.source, run]))
  const paused = [...backfills.values()]
    .filter((run) => run.state === 'paused')
    .map(({ runId, source, updatedAt }): TroubledRun => {
      return { kind: 'backfill', runId, source, state: 'paused', since: updatedAt, error: null }
    })
  const failed = await sql<TroubledRun>`
    with held as (${heldLeases})
    select 'reconcile' as kind, newest.run_id::text as "runId", newest.source, 'failed' as state,
           coalesce(newest.ended_at, newest.started_at) as since, coalesce(newest.error, ${lostError}) as error
    from ingest.source
    cross join (values ('command'), ('schedule'), ('poll')) as asked (purpose)
    cross join lateral (
      select * from ingest.reconcile_run as run
      where run.source = source.name and run.purpose = asked.purpose and (run.ended_at is not null or ${isLost})
      order by run.started_at desc limit 1
    ) as newest
    where newest.error is distinct from ${stoppedError} and (newest.error is not null or newest.ended_at is null)
    order by newest.source, newest.run_id
  `.execute(db)
  return [...paused, ...failed.rows]
}
