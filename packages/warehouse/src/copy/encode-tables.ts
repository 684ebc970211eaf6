import { hash } from 'node:crypto'
import type { TableName, TableSpec } from '@aftercall/metadata/table-spec'
import { tables } from '@aftercall/metadata/tables'
import type { SessionToStore } from '../session-to-store.ts'
import { type ByteWriter, createByteWriter, writeBytes } from './byte-writer.ts'
import { type RowField, rowField, startRow, writeField, writeFields } from './write-field.ts'

/** The rows of one table, session by session, in the form that `COPY … (format binary)` takes. */
export type EncodedTable = {
  name: TableName
  columns: readonly string[]
  /** By position of the session; null where it has no rows here. */
  pieces: readonly (Uint8Array | null)[]
  rowCounts: readonly number[]
}

export type EncodedTables = {
  tables: readonly EncodedTable[]
  /** By position of the session; see `digestOf`. */
  digests: readonly Buffer[]
}

/** A table's own fields, and all columns that are written, in order. */
type Layout = { name: TableName; fields: readonly RowField[]; columns: readonly string[] }

const keyColumns = ['source', 'channel', 'session_id', 'session_created_at']
const lineageColumns = ['bucket', 'object_key']

const layouts: readonly Layout[] = tables.map(layoutOf)

function layoutOf({ name, columns }: TableSpec): Layout {
  const own = columns.map((one) => one.name)
  return {
    name,
    fields: columns.map((one) => rowField(one.name, one.kind)),
    columns: name === 'session' ? [...own, ...lineageColumns] : [...keyColumns, ...own],
  }
}

/** Tables whose rows are compared with those of the revision before. The session's own row always differs. */
export const comparedTables: readonly TableName[] = layouts
  .map((one) => one.name)
  .filter((name) => name !== 'session')

/** Of a table's rows: chance alone makes two different ones equal once in 10^14. */
export const digestBytes = 6

const bytesPerSession = 4_096

export function encodeTables(sessions: readonly SessionToStore[]): EncodedTables {
  const out = createByteWriter(Math.max(1, sessions.length) * bytesPerSession)
  const keys = sessions.map(encodeKey)
  const encoded = layouts.map((layout) => encodeTable(out, layout, sessions, keys))
  const digests = sessions.map((one, position) => digestOf(one, encoded, position))
  return { tables: encoded, digests }
}

/** The columns that every child row begins with. */
function encodeKey({ session }: SessionToStore): Buffer {
  const key = createByteWriter(128)
  writeField(key, 'text', session.key.source)
  writeField(key, 'text', session.key.channel)
  writeField(key, 'id', session.key.sessionId)
  writeField(key, 'time', session.createdAt)
  return key.buffer.subarray(0, key.at)
}

function encodeTable(
  out: ByteWriter,
  { name, columns, fields }: Layout,
  sessions: readonly SessionToStore[],
  keys: readonly Buffer[],
): EncodedTable {
  const rowCounts: number[] = []
  const pieces = sessions.map((one, position) => {
    const rows = one.session.rows[name]
    rowCounts.push(rows.length)
    if (rows.length === 0) return null
    const from = out.at
    for (const row of rows) {
      startRow(out, columns.length)
      if (name !== 'session') writeBytes(out, keys[position] ?? noBytes)
      writeFields(out, fields, row)
      if (name === 'session') writeLineage(out, one)
    }
    return out.buffer.subarray(from, out.at)
  })
  return { name, columns, pieces, rowCounts }
}

function writeLineage(out: ByteWriter, { bucket, objectKey }: SessionToStore): void {
  writeField(out, 'text', bucket)
  writeField(out, 'text', objectKey)
}

const noBytes = Buffer.alloc(0)

/**
 * What tells later which tables have the very same rows: for each compared table the beginning of a hash of its rows, zeros
 * where there are none. In front stands the beginning of the content's own hash: digests that describe another revision
 * than the head's (written by an older release, which knows of none) are recognised by it.
 */
function digestOf({ session }: SessionToStore, encoded: readonly EncodedTable[], position: number): Buffer {
  const digest = Buffer.alloc((comparedTables.length + 1) * digestBytes)
  digest.write(session.revision.contentSha256.slice(0, digestBytes * 2), 'hex')
  let at = digestBytes
  for (const { name, pieces } of encoded) {
    if (name === 'session') continue
    const piece = pieces[position]
    if (piece != null) hash('sha256', piece, 'buffer').copy(digest, at, 0, digestBytes)
    at += digestBytes
  }
  return digest
}
