import type { MappedSession } from '@aftercall/metadata/map/map-session'
import { type NamedRows, nameRows } from '@aftercall/metadata/map/name-rows'
import { tables } from '@aftercall/metadata/tables'
import type { TableSpec } from '@aftercall/metadata/tables/table-spec'
import pg from 'pg'
import { copyFrom, copyText } from '../harness/copy-from.ts'
import { bucket, openMix } from '../mix/mix.ts'
import { mapFile } from './map-file.ts'
import { forEachAtOnce, measureFiles, type Stage } from './stage.ts'

type Batch = { statement: string; data: Buffer }[]

const batchSize = 500
const connections = 3

/**
 * COPY of prepared rows into the same indexed, partitioned tables, including raw documents. No guard, no ledger, and one
 * revision per session, because it deletes nothing.
 */
export const copyRows: Stage = async ({ databaseUrl }, { firstSession, sessions }) => {
  const mix = openMix()
  const mapped = Array.from({ length: sessions }, (_, position) => {
    const file = mix.fileOf(firstSession + position, 0)
    const session = mapFile(file, mix.bytesOf(file))
    return { session, rows: nameRows(session), key: file.key }
  })
  const batches: Batch[] = []
  for (let at = 0; at < mapped.length; at += batchSize)
    batches.push(batchOf(mapped.slice(at, at + batchSize)))
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connections })
  const measured = await measureFiles(sessions, () =>
    forEachAtOnce(batches, connections, (batch) => copyBatch(pool, batch)),
  )
  await pool.end()
  return measured
}

async function copyBatch(pool: pg.Pool, batch: Batch): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    for (const { statement, data } of batch) await copyFrom(client, statement, data)
    await client.query('commit')
  } finally {
    client.release()
  }
}

type Mapped = { session: MappedSession; rows: NamedRows; key: string }

function batchOf(mapped: readonly Mapped[]): Batch {
  const ofTables = tables.map((table) => {
    const columns = columnsOf(table)
    const rows = mapped.flatMap(({ rows, key }) =>
      rows[table.name].map((row) => lineOf(columns, { ...row, bucket, object_key: key })),
    )
    return {
      statement: `copy warehouse.${table.name} (${columns.join(', ')}) from stdin`,
      data: Buffer.from(rows.join('')),
    }
  })
  return [...ofTables, revisionsOf(mapped), documentsOf(mapped)].filter(({ data }) => data.length > 0)
}

function columnsOf(table: TableSpec): string[] {
  const own = table.columns.map(({ name }) => name)
  return table.name === 'session'
    ? [...own, 'bucket', 'object_key']
    : ['source', 'channel', 'session_id', 'session_created_at', ...own]
}

function revisionsOf(mapped: readonly Mapped[]): { statement: string; data: Buffer } {
  const columns = [
    'source',
    'channel',
    'session_id',
    'session_created_at',
    'content_sha256',
    'revision_updated_at',
    'latest_event_at',
    'object_last_modified',
    'bucket',
    'object_key',
  ]
  const rows = mapped.map(({ session: { key, createdAt, revision }, key: objectKey }) =>
    lineOf(columns, {
      source: key.source,
      channel: key.channel,
      session_id: key.sessionId,
      session_created_at: createdAt,
      content_sha256: `\\x${revision.contentSha256}`,
      revision_updated_at: revision.updatedAt,
      latest_event_at: revision.latestEventAt,
      object_last_modified: revision.objectLastModified,
      bucket,
      object_key: objectKey,
    }),
  )
  return {
    statement: `copy warehouse.session_revision (${columns.join(', ')}) from stdin`,
    data: Buffer.from(rows.join('')),
  }
}

function documentsOf(mapped: readonly Mapped[]): { statement: string; data: Buffer } {
  const columns = ['source', 'channel', 'session_id', 'session_created_at', 'content_sha256', 'document']
  const rows = mapped.map(({ session: { key, createdAt, revision, text } }) =>
    lineOf(columns, {
      source: key.source,
      channel: key.channel,
      session_id: key.sessionId,
      session_created_at: createdAt,
      content_sha256: `\\x${revision.contentSha256}`,
      document: typeof text === 'string' ? text : Buffer.from(text).toString(),
    }),
  )
  return {
    statement: `copy warehouse.session_document (${columns.join(', ')}) from stdin`,
    data: Buffer.from(rows.join('')),
  }
}

function lineOf(columns: readonly string[], row: Readonly<Record<string, unknown>>): string {
  return `${columns.map((name) => copyText(plainValue(name, row[name]))).join('\t')}\n`
}

function plainValue(name: string, value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  // Menu id paths are the only Postgres arrays; all other structure is JSON.
  return name.endsWith('_path_ids') && Array.isArray(value) ? `{${value.join(',')}}` : JSON.stringify(value)
}
