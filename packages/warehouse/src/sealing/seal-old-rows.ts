import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { monthFrom } from '../maintenance/months.ts'
import { type DocumentOf, nameOfDocument, nameOfOriginal, nameOfRejected } from './content-names.ts'
import { createSealing, type Sealer, type Sealing } from './create-sealing.ts'
import { type DocumentKeys, type KeyPlace, unwrapDataKey, wrapDataKey } from './document-keys.ts'

/** Of one transaction. */
const batchRows = 100

export type SealEvents = { batchSealed(sealed: { rows: number }): void }

/**
 * Encrypts what was stored before encryption was switched on: documents, those of sessions that lost their id, and bytes of
 * rejections. Every batch is a transaction of its own, so it may be stopped at any point, and the next run continues. Plain
 * bytes are on the server's disk until it vacuums, and in its backups.
 */
export async function sealOldRows(db: Database, keys: DocumentKeys, events: SealEvents): Promise<number> {
  const sealing = createSealing(keys)
  let rows = 0
  const count = (batch: number): void => {
    rows += batch
    events.batchSealed({ rows })
  }
  for (const table of ['session_document', 'session_collision'] as const) {
    await sealDocuments(db, { sealing, table, count })
  }
  await sealContents(db, { sealing, count })
  return rows
}

/** Wraps every data key with the current key, so that the others may go. Returns how many were wrapped by another. */
export async function rewrapDataKeys(db: Database, keys: DocumentKeys): Promise<number> {
  const answer = await sql<{ id: string; source: string; month: string; keyId: string; wrapped: Buffer }>`
    select data_key_id::text as id, source, to_char(month, 'YYYY-MM') as month, key_id as "keyId", wrapped_key as wrapped
    from warehouse.data_key where key_id <> ${keys.currentId} and key_id = any(${[...keys.byId.keys()]}::text[])
    order by data_key_id
  `.execute(db)
  for (const { id, keyId, wrapped, source, month } of answer.rows) {
    const place = { source, month }
    const again = wrapDataKey(keys, place, unwrapDataKey(keys, { keyId, place, wrapped }))
    await sql`
      update warehouse.data_key set key_id = ${keys.currentId}, wrapped_key = ${again}, wrapped_at = now()
      where data_key_id = ${id}::bigint and key_id = ${keyId}
    `.execute(db)
  }
  return answer.rows.length
}

type Plain = DocumentOf & {
  createdAt: string
  month: string
  document: string | null
  original: Buffer | null
}
type Job = { sealing: Sealing; count(rows: number): void }

/** In the order of the key, so that each document is read once, however many are sealed already. */
async function sealDocuments(
  db: Database,
  { sealing, table, count }: Job & { table: 'session_document' | 'session_collision' },
): Promise<void> {
  const relation = sql.table(`warehouse.${table}`)
  let after: Pick<Plain, keyof DocumentOf | 'createdAt'> | undefined
  for (;;) {
    const further =
      after &&
      sql`
      (source, channel, session_id, session_created_at, content_sha256)
      > (${after.source}, ${after.channel}, ${after.sessionId}::bigint, ${after.createdAt}::timestamptz,
         decode(${after.contentSha256}, 'hex'))`
    const answer = await sql<Plain>`
      select source, channel, session_id::text as "sessionId", session_created_at::text as "createdAt",
             to_char(session_created_at at time zone 'UTC', 'YYYY-MM') as month,
             encode(content_sha256, 'hex') as "contentSha256", document::text as document, original_content as original
      from ${relation}
      where (document is not null or original_content is not null) and ${further ?? sql`true`}
      order by source, channel, session_id, session_created_at, content_sha256
      limit ${batchRows}
    `.execute(db)
    const last = answer.rows.at(-1)
    if (last === undefined) return
    const sealed = await sealBatch(db, sealing, answer.rows, async (transaction, sealer) => {
      const rows = answer.rows.map((row) => sealDocument(row, sealer))
      // A loader may have deleted a row meanwhile, or hold it: then it is skipped, so that neither waits for the other. An
      // erasure may have emptied it: it stays empty.
      const updated = await sql`
        with given as materialized (
          select * from json_to_recordset(${JSON.stringify(rows)}::json) as given
            (source text, channel text, "sessionId" bigint, "createdAt" timestamptz, "contentSha256" text,
             "sealedDocument" text, "sealedOriginal" text)
        ), free as (
          select d.tableoid as partition, d.ctid as place, given.*
          from given join ${relation} d
            on (d.source, d.channel, d.session_id, d.session_created_at, d.content_sha256)
             = (given.source, given.channel, given."sessionId", given."createdAt", decode(given."contentSha256", 'hex'))
          where d.document is not null or d.original_content is not null
          for update of d skip locked
        )
        update ${relation} d set document = null, original_content = null,
          sealed_document = case when d.document is null then d.sealed_document
                                 else coalesce(decode(free."sealedDocument", 'base64'), d.sealed_document) end,
          sealed_original = case when d.original_content is null then d.sealed_original
                                 else coalesce(decode(free."sealedOriginal", 'base64'), d.sealed_original) end
        from free where d.tableoid = free.partition and d.ctid = free.place
      `.execute(transaction)
      return Number(updated.numAffectedRows ?? 0)
    })
    count(sealed)
    after = last
  }
}

function sealDocument(row: Plain, sealer: Sealer): object {
  const { source, channel, sessionId, createdAt, contentSha256, month, document, original } = row
  const sealedDocument =
    document === null ? null : sealer.seal({ source, month }, nameOfDocument(row), Buffer.from(document))
  const sealedOriginal =
    original === null ? null : sealer.seal({ source, month }, nameOfOriginal(row), original)
  return {
    ...{ source, channel, sessionId, createdAt, contentSha256 },
    sealedDocument: sealedDocument?.toString('base64'),
    sealedOriginal: sealedOriginal?.toString('base64'),
  }
}

/** As the bytes of this month: when they were kept does not matter for reading them. */
async function sealContents(db: Database, { sealing, count }: Job): Promise<void> {
  const month = monthFrom(new Date(), 0)
  let after: Uint8Array = Buffer.alloc(0)
  for (;;) {
    const answer = await sql<{ hash: Buffer; content: Buffer; source: string }>`
      select kept.content_sha256 as hash, kept.content,
             coalesce((select min(source) from ingest.rejection where rejection.content_sha256 = kept.content_sha256), '')
               as source
      from ingest.rejected_content as kept
      where kept.content is not null and kept.content_sha256 > ${Buffer.from(after)}
      order by kept.content_sha256 limit ${contentBatchRows}
    `.execute(db)
    const last = answer.rows.at(-1)
    if (last === undefined) return
    const places = answer.rows.map(({ source }) => ({ source, month }))
    const sealed = await sealBatch(db, sealing, places, async (transaction, sealer) => {
      let rows = 0
      for (const { hash, content, source } of answer.rows) {
        const bytes = sealer.seal({ source, month }, nameOfRejected(hash.toString('hex')), content)
        const updated = await sql`
          update ingest.rejected_content set content = null, sealed_content = ${bytes}
          where content_sha256 = (select content_sha256 from ingest.rejected_content
                                  where content_sha256 = ${hash} and content is not null for update skip locked)
        `.execute(transaction)
        rows += Number(updated.numAffectedRows ?? 0)
      }
      return rows
    })
    count(sealed)
    after = last.hash
  }
}

/** A content can have a MiB. */
const contentBatchRows = 20

async function sealBatch(
  db: Database,
  sealing: Sealing,
  places: readonly KeyPlace[],
  work: (transaction: Database, sealer: Sealer) => Promise<number>,
): Promise<number> {
  await sealing.ensure(db, places)
  return db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (transaction) => work(transaction, await sealing.hold(transaction, places)))
}
