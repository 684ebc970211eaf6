import { documentLimits } from '@aftercall/ingest/mapping/map-fetched'
import { type MappedSession, mapSession } from '@aftercall/metadata/map/map-session'
import { nameRows } from '@aftercall/metadata/map/name-rows'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import { tables } from '@aftercall/metadata/tables'
import { compareRevisions } from '@aftercall/metadata/times/revision'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { fetchObject } from '@aftercall/storage/objects/fetch-object'
import { getObjectBySdk } from '@aftercall/storage/objects/get-object-by-sdk'
import type { Database } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'
import { bucket } from '../e2e/bench.ts'
import { sources } from './stage.ts'

/**
 * What a loader makes of a bucket that does one thing after the other: it reads each object once, keeps the newest revision of
 * each session, and inserts its rows. It shares the mapping with the product, and nothing of how the product loads.
 */
export async function plainLoad(
  db: Database,
  env: Record<string, string>,
  keys: readonly string[],
): Promise<number> {
  const s3 = createS3Client({ env })
  const newest = new Map<string, MappedSession>()
  for (const key of new Set(keys)) {
    const found = await fetchObject(getObjectBySdk(s3), { bucket, key }, { bytesMax: 10_000_000 })
    if (found.kind !== 'found') throw new Error(`${key} is ${found.kind}`)
    for (const session of mapObject(key, found.bytes, found.lastModified)) {
      const { source, channel, sessionId } = session.key
      const name = `${source}/${channel}/${sessionId}`
      const known = newest.get(name)
      if (known === undefined || compareRevisions(known.revision, session.revision) < 0)
        newest.set(name, session)
    }
  }
  s3.destroy()
  for (const session of newest.values()) await insert(db, session)
  return newest.size
}

function mapObject(key: string, bytes: Uint8Array, objectLastModified: Date): MappedSession[] {
  const source = sources.find(({ prefix }) => key.startsWith(prefix))
  if (source === undefined) throw new Error(`${key} belongs to no source`)
  const { name, timeZone } = { timeZone: undefined, ...source }
  const reading = readDocuments({ key, bytes, bytesMax: 10_000_000 })
  if (reading.kind !== 'documents') return []
  return reading.documents.flatMap((document) => {
    const mapping = mapSession(document, {
      source: name,
      timeZone,
      objectLastModified,
      limits: documentLimits,
    })
    return mapping.kind === 'session' ? [mapping.session] : []
  })
}

async function insert(db: Database, session: MappedSession): Promise<void> {
  const rows = nameRows(session)
  for (const { name } of tables) {
    if (rows[name].length === 0) continue
    const table = sql.table(`warehouse.${name}`)
    const lines = name === 'session' ? rows[name].map((row) => ({ ...row, ...placeholder })) : rows[name]
    await sql`insert into ${table}
      select * from json_populate_recordset(null::${table}, ${JSON.stringify(lines)}::json)`.execute(db)
  }
}

/** Where a row came from, and when, is no part of what it says. */
const placeholder = { bucket, object_key: '-', loaded_at: new Date(0).toISOString() }
const lineage = Object.keys(placeholder)

/** Every row of every table of facts, in the order of its text. */
export async function factsOf(db: Database): Promise<Map<string, string[]>> {
  const facts = new Map<string, string[]>()
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`
      select (to_jsonb(t) - ${lineage}::text[])::text as row from ${sql.table(`warehouse.${name}`)} t order by 1`.execute(
      db,
    )
    facts.set(
      name,
      rows.map(({ row }) => row),
    )
  }
  return facts
}
