import { erasedKeyPrefix } from '@aftercall/metadata/erasure/erasure-digest'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { withHeads } from './erase-sessions.ts'
import { type Person, patternOf } from './person.ts'
import { retryConflicts } from './retry-conflicts.ts'

/** An object with the key that stands in place of its own from now on. */
export type ErasedObject = { bucket: string; key: string; newKey: string }

/** Puts other keys in place of these wherever they are stored. The ledger row stays, so that the object is not loaded again. */
export async function eraseObjects(
  db: Database,
  source: string,
  objects: readonly ErasedObject[],
  batchSize: number,
): Promise<void> {
  if (objects.length === 0) return
  const given = givenOf(objects)
  const inTransaction = async (transaction: Database): Promise<void> => {
    // A loader may have written the new key already.
    await sql`
      delete from ingest.object o using ${given}
      where o.bucket = given.bucket and o.object_key = given.key and exists (
        select from ingest.object other where other.bucket = given.bucket and other.object_key = given."newKey")
    `.execute(transaction)
    await sql`
      update ingest.object o set object_key = given."newKey" from ${given}
      where o.bucket = given.bucket and o.object_key = given.key
    `.execute(transaction)
  }
  await retryConflicts(() => db.transaction().execute(inTransaction))
  await eraseLineage(db, source, objects, batchSize)
}

function givenOf(objects: readonly ErasedObject[]) {
  return sql`json_to_recordset(${JSON.stringify(objects)}::json) as given (bucket text, key text, "newKey" text)`
}

type SessionRow = { channel: string; sessionId: string }

async function eraseLineage(
  db: Database,
  source: string,
  objects: readonly ErasedObject[],
  batchSize: number,
): Promise<void> {
  const given = givenOf(objects)
  const answer = await sql<SessionRow>`
    select own.channel, own.session_id::text as "sessionId" from (
      select channel, session_id, bucket, object_key from warehouse.session where source = ${source}
      union select channel, session_id, bucket, object_key from warehouse.session_revision where source = ${source}
      union select channel, session_id, bucket, object_key from warehouse.session_collision where source = ${source}
    ) own join ${given} on own.bucket = given.bucket and own.object_key = given.key
    group by own.channel, own.session_id
  `.execute(db)
  for (let from = 0; from < answer.rows.length; from += batchSize) {
    await withHeads(db, source, answer.rows.slice(from, from + batchSize), async (transaction, keys) => {
      for (const table of ['session', 'session_revision', 'session_collision']) {
        await sql`
          update ${sql.table(`warehouse.${table}`)} as row set object_key = given."newKey" from ${given}, ${keys}
          where row.source = ${source} and row.channel = key.channel and row.session_id = key."sessionId"
            and row.bucket = given.bucket and row.object_key = given.key
        `.execute(transaction)
      }
    })
  }
}

/** Samples and positions that hold keys or words of documents. Returns how many rows were changed. */
export async function eraseSamples(db: Database, person: Person): Promise<number> {
  const pattern = patternOf(person)
  const { source } = person
  const statements = [
    sql`delete from ingest.schema_drift where source = ${source} and (word ~* ${pattern} or json_type ~* ${pattern})`,
    sql`update ingest.schema_drift set example_key = ${erasedKeyPrefix}
        where source = ${source} and example_key ~* ${pattern}`,
    sql`update ingest.reconcile_run set examples = '{}', error = case when error !~* ${pattern} then error end
        where source = ${source} and (examples::text ~* ${pattern} or error ~* ${pattern})`,
    sql`delete from ingest.listed_object where object_key ~* ${pattern}`,
    sql`
      update ingest.backfill_shard s set
        after_key = case when after_key !~* ${pattern} then after_key end,
        up_to_key = case when up_to_key !~* ${pattern} then up_to_key end,
        file_key = case when file_key !~* ${pattern} then file_key end,
        done_key = case when done_key !~* ${pattern} then done_key end
      from ingest.backfill_run r
      where r.run_id = s.run_id and r.source = ${source} and r.state = 'done'
        and concat_ws(' ', after_key, up_to_key, file_key, done_key) ~* ${pattern}
    `,
  ]
  const done = await Promise.all(statements.map((one) => retryConflicts(() => one.execute(db))))
  return done.reduce((sum, { numAffectedRows }) => sum + Number(numAffectedRows ?? 0), 0)
}

type RunRow = { runId: string }

/** Bulk loads that are open: without their positions they could not be resumed. */
export async function openRunsWithKeys(db: Database, person: Person): Promise<string[]> {
  const answer = await sql<RunRow>`
    select distinct r.run_id::text as "runId" from ingest.backfill_run r join ingest.backfill_shard s on s.run_id = r.run_id
    where r.source = ${person.source} and r.state = 'open'
      and concat_ws(' ', s.after_key, s.up_to_key, s.file_key, s.done_key) ~* ${patternOf(person)}
  `.execute(db)
  return answer.rows.map((row) => row.runId)
}
