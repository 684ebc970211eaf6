import { clockDrift } from '@aftercall/metadata/judge-times'
import { sql } from 'kysely'
import type { Database } from './database.ts'

/** One place of one stored document that no column takes. */
export type DriftSighting = {
  source: string
  channel: string
  path: string
  type: string
  bucket: string
  objectKey: string
}

export type DriftRecorder = {
  /** Counts; never waits and never fails. */
  note(sighting: DriftSighting): void
  /** Writes what was counted since. */
  flush(): Promise<void>
}

export type DriftRow = {
  source: string
  channel: string
  path: string
  type: string
  documents: number
  firstSeenAt: Date
  lastSeenAt: Date
  example: string
}

type Counted = DriftSighting & { documents: number }

/** Different places between two flushes at the most: a source that varies its keys without end must not fill the memory. */
const placesMax = 5_000

/**
 * Counts in memory and writes from time to time, in a transaction of its own: when the vendor adds a key, every document
 * has it, and a row that every batch updates would make the workers wait for each other. A crash loses or repeats a
 * few seconds of counting, never a document.
 */
export function createDriftRecorder(db: Database): DriftRecorder {
  let counted = new Map<string, Counted>()

  function note(sighting: DriftSighting): void {
    count(sighting, 1)
  }

  function count(sighting: DriftSighting, documents: number): void {
    const key = JSON.stringify([sighting.source, sighting.channel, sighting.path, sighting.type])
    const before = counted.get(key)
    if (before !== undefined) before.documents += documents
    else if (counted.size < placesMax) counted.set(key, { ...sighting, documents })
  }

  async function flush(): Promise<void> {
    if (counted.size === 0) return
    const rows = [...counted.keys()].sort().flatMap((key) => counted.get(key) ?? [])
    counted = new Map()
    try {
      await writeDrift(db, rows)
    } catch (error) {
      for (const { documents, ...sighting } of rows) count(sighting, documents)
      throw error
    }
  }

  return { note, flush }
}

/** In key order, so that two workers that flush at once cannot wait for each other in a circle. */
async function writeDrift(db: Database, rows: readonly Counted[]): Promise<void> {
  await sql`
    insert into ingest.schema_drift as drift
      (source, channel, json_path, json_type, document_count, example_bucket, example_key)
    select source, channel, path, type, documents, bucket, "objectKey"
    from json_to_recordset(${JSON.stringify(rows)}::json) as counted
      (source text, channel text, path text, type text, documents bigint, bucket text, "objectKey" text)
    on conflict (source, channel, json_path, json_type) do update set
      document_count = drift.document_count + excluded.document_count,
      last_seen_at   = excluded.last_seen_at
  `.execute(db)
}

/** What was seen, the most frequent first. Of wrong clocks `readClockTroubles` tells. */
export async function readDrift(db: Database, rowsMax: number): Promise<DriftRow[]> {
  const answer = await sql<DriftRow>`
    select source, channel, json_path as path, json_type as type, document_count::float8 as documents,
           first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt",
           's3://' || example_bucket || '/' || example_key as example
    from ingest.schema_drift
    where not starts_with(json_type, ${clockDrift})
    order by document_count desc, 1, 2, 3, 4 limit ${rowsMax}
  `.execute(db)
  return answer.rows
}
