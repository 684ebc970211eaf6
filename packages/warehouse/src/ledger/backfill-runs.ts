import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** A shard of a bulk load: a range of keys (after one, up to another), or a file of an inventory. */
export type ShardBounds = { afterKey: string | null; upToKey: string | null; fileKey: string | null }

export type BackfillShard = ShardBounds & {
  shard: number
  /** All objects of the range up to this key are done. */
  doneKey: string | null
  /** The number of rows of the inventory file that are done. */
  doneRows: number
  state: 'open' | 'done'
}

export type Counts = Record<string, number>

export type BackfillRun = {
  runId: string
  source: string
  bucket: string
  prefix: string
  via: 'direct' | 'queue'
  /** What was requested, in the form of the caller. */
  request: unknown
  state: 'open' | 'done'
  shards: BackfillShard[]
}

export type NewBackfillRun = Pick<BackfillRun, 'source' | 'bucket' | 'prefix' | 'via' | 'request'> & {
  host: string
  shards: readonly ShardBounds[]
  /** The action that asked for the run: who takes the action over continues this run. */
  actionId?: string
}

/** Writes a run with its shards in one transaction, so that half a plan can never be resumed. */
export async function createBackfillRun(db: Database, run: NewBackfillRun): Promise<BackfillRun> {
  const runId = await db.transaction().execute(async (transaction) => {
    const { source, bucket, prefix, via, host } = run
    const { id } = await transaction
      .insertInto('ingest.backfill_run')
      .values({ source, bucket, prefix, via, request: JSON.stringify(run.request), host })
      .returning('run_id as id')
      .executeTakeFirstOrThrow()
    await sql`
      insert into ingest.backfill_shard (run_id, shard, after_key, up_to_key, file_key)
      select ${id}::bigint, position - 1, part ->> 'afterKey', part ->> 'upToKey', part ->> 'fileKey'
      from json_array_elements(${JSON.stringify(run.shards)}::json) with ordinality as parts (part, position)
    `.execute(transaction)
    if (run.actionId !== undefined) {
      await sql`update ingest.action set run_id = ${id}::bigint where action_id = ${run.actionId}::bigint`.execute(
        transaction,
      )
    }
    return id
  })
  const created = await readBackfillRun(db, runId)
  if (created === undefined) throw new Error(`run ${runId} was written but cannot be read`)
  return created
}

export async function readBackfillRun(db: Database, runId: string): Promise<BackfillRun | undefined> {
  const runs = await sql<Omit<BackfillRun, 'shards'>>`
    select run_id as "runId", source, bucket, prefix, via, request, state
    from ingest.backfill_run where run_id = ${runId}::bigint
  `.execute(db)
  const run = runs.rows[0]
  if (run === undefined) return undefined
  const shards = await sql<BackfillShard>`
    select shard, after_key as "afterKey", up_to_key as "upToKey", file_key as "fileKey", done_key as "doneKey",
           done_rows::float8 as "doneRows", state
    from ingest.backfill_shard where run_id = ${runId}::bigint order by shard
  `.execute(db)
  return { ...run, shards: shards.rows }
}

export type ShardProgress = {
  runId: string
  shard: number
  doneKey: string | null
  doneRows: number
  isDone: boolean
  /** Added since the last call. */
  counts: Counts
}

/**
 * Moves the position of a shard forward. Called once everything up to there is committed: a process that is killed before
 * repeats at most one page, and the ledger tells which of its objects are done. A shard that is done needs no position: it goes
 * where keys of objects were erased.
 */
export async function saveShardProgress(db: Database, progress: ShardProgress): Promise<void> {
  const { runId, shard, doneKey, doneRows, isDone, counts } = progress
  await sql`
    update ingest.backfill_shard set
      done_key   = case when not ${isDone}::boolean or not exists (select from ingest.erased where kind = 'object')
                        then coalesce(${doneKey}::text, done_key) end,
      done_rows  = ${doneRows}::bigint,
      state      = ${isDone ? 'done' : 'open'},
      counts     = ${addCounts(counts)},
      page_objects = 0,
      page_ended = 0,
      updated_at = now()
    where run_id = ${runId}::bigint and shard = ${shard}::integer
  `.execute(db)
}

/** How far the page is that is loaded now: how many objects it lists, and how many of them have ended. */
export async function saveShardPage(
  db: Database,
  { runId, shard, listed, ended }: { runId: string; shard: number; listed: number; ended: number },
): Promise<void> {
  await sql`
    update ingest.backfill_shard set
      page_objects = ${listed}::bigint,
      page_ended   = ${ended}::bigint,
      updated_at   = now()
    where run_id = ${runId}::bigint and shard = ${shard}::integer
  `.execute(db)
}

/** Adds the counts of the shards up in the run, and ends it when all of them are done. */
export async function closeBackfillRun(db: Database, runId: string): Promise<Counts> {
  const answer = await sql<{ counts: Counts }>`
    update ingest.backfill_run set
      counts = (
        select coalesce(jsonb_object_agg(name, total), '{}') from (
          select name, sum(number::bigint) as total
          from ingest.backfill_shard, jsonb_each_text(counts) as count (name, number)
          where run_id = ${runId}::bigint group by name
        ) as totals
      ),
      state = case when open then 'open' else 'done' end,
      ended_at = case when open then null else now() end,
      updated_at = now()
    from (
      select exists (
        select from ingest.backfill_shard where run_id = ${runId}::bigint and state = 'open'
      ) as open
    ) as shards
    where run_id = ${runId}::bigint
    returning counts
  `.execute(db)
  return answer.rows[0]?.counts ?? {}
}

/** The newest run of a source that has not ended. */
export async function findOpenRun(db: Database, source: string): Promise<string | undefined> {
  const newest = await db
    .selectFrom('ingest.backfill_run')
    .select('run_id')
    .where('source', '=', source)
    .where('state', '=', 'open')
    .orderBy('run_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest?.run_id
}

function addCounts(counts: Counts) {
  return sql`(
    select coalesce(jsonb_object_agg(name, total), '{}') from (
      select name, sum(number::bigint) as total from (
        select * from jsonb_each_text(backfill_shard.counts)
        union all
        select * from jsonb_each_text(${JSON.stringify(counts)}::jsonb)
      ) as both_counts (name, number)
      group by name
    ) as totals
  )`
}
