import { hash } from 'node:crypto'
import type { MappedSession } from '@aftercall/metadata/map/map-session'
import { tables } from '@aftercall/metadata/tables'
import { columnIndex, type TableName, type TableSpec } from '@aftercall/metadata/tables/table-spec'
import { type ByteWriter, createByteWriter, repeatBytes, UnwritableValueError } from './byte-writer.ts'
import { startRow, type Write, writeField, writeFields, writerOf } from './write-field.ts'

export { UnwritableValueError }

/**
 * A session's rows in the form that `COPY … (format binary)` reads, table after table. As bytes they wait for their batch
 * outside the heap; as objects, the garbage collector would copy them repeatedly.
 */
export type EncodedRows = {
  bytes: Uint8Array
  /** Where each table's rows end; they begin where those of the table before end. In the order of `copiedTables`. */
  ends: readonly number[]
  counts: readonly number[]
  /** In hex; see `digestOf`. */
  digest: string
}

/** A mapped session as the loader takes it. */
export type StorableSession = Omit<MappedSession, 'rows'> & {
  rows: EncodedRows
  /** The hour of the tenant's clock in which it was created, as a timestamp without a zone. */
  localHour: string | null
  /** Personal values of it were erased: its document is not kept. */
  isErased?: true
}

/** The object that a session was read from. */
export type Lineage = { bucket: string; objectKey: string }

/** The writers of a table's own columns, and the names of all columns that are written, in order. */
type Layout = { name: TableName; own: readonly Write[]; columns: readonly string[] }

const keyColumns = ['source', 'channel', 'session_id', 'session_created_at']
const lineageColumns = ['bucket', 'object_key']

/** Every table that documents have rows in, with its columns, in the order in which rows are encoded. */
export const copiedTables: readonly Layout[] = tables.map(layoutOf)

function layoutOf({ name, columns }: TableSpec): Layout {
  const names = columns.map((one) => one.name)
  return {
    name,
    own: columns.map((one) => writerOf(one.kind)),
    columns: name === 'session' ? [...names, ...lineageColumns] : [...keyColumns, ...names],
  }
}

/**
 * Tables whose rows are compared with those of the previous revision, in the order of `copiedTables`; the session's own row
 * always differs. Tables that few sessions have rows in, or whose rows hardly change, share a digest: it is stored with every
 * head. The rows of a group differ in their numbers of columns, so the same bytes are the same rows of the same tables.
 */
export const comparedGroups: readonly (readonly TableName[])[] = [
  ['call_participant'],
  ['transfer'],
  ['handle_duration'],
  ['queue_duration', 'virtual_agent_handle_duration'],
  ['consumer_handle_duration'],
  ['consumer_event_duration', 'consumer_in_menu_duration'],
  ['disposition'],
  ['recording'],
  ['escalation', 'deflected_escalation', 'deflection', 'offer_event'],
  ['media', 'session_message', 'wait_time_virtual_agent', 'recording_redaction'],
]

/** The position of each group's last table in `copiedTables`. */
const lastOfGroups = comparedGroups.map((group) =>
  copiedTables.findIndex(({ name }) => name === group[group.length - 1]),
)

/** Bytes of a group's digest. The digests of different rows are equal by chance once in 10^14. */
export const digestBytes = 6
const digestDigits = digestBytes * 2
const noRows = '0'.repeat(digestDigits)

/** @throws UnwritableValueError for a value that does not fit its column: a defect of the mapping. */
export function encodeSession(session: MappedSession, lineage: Lineage): StorableSession {
  // The rows take about half the space of the document.
  const out = createByteWriter(2_048 + session.text.length / 2)
  // In front of the rows, which it is copied into within the buffer; a buffer of its own costs more than its fields.
  writeKey(out, session)
  const keyBytes = out.at
  const ends: number[] = []
  const counts: number[] = []
  for (const layout of copiedTables) {
    const rows = session.rows[layout.name]
    for (const row of rows) {
      startRow(out, layout.columns.length)
      if (layout.name !== 'session') repeatBytes(out, 0, keyBytes)
      writeFields(out, layout.own, row)
      if (layout.name === 'session') writeLineage(out, lineage)
    }
    ends.push(out.at - keyBytes)
    counts.push(rows.length)
  }
  const bytes = out.buffer.subarray(keyBytes, out.at)
  const rows = { bytes, ends, counts, digest: digestOf(session, bytes, ends) }
  return { ...session, rows, localHour: localHourOf(session) }
}

const hourMs = 3_600_000
const localCreatedAt = tables.flatMap((table) =>
  table.name === 'session' ? [columnIndex(table, 'local_created_at')] : [],
)[0]

function localHourOf({ rows }: MappedSession): string | null {
  const local = localCreatedAt === undefined ? null : rows.session[0]?.[localCreatedAt]
  if (typeof local === 'string') return `${local.slice(0, 13)}:00:00`
  if (typeof local !== 'number') return null
  return new Date(Math.floor(local / 1_000 / hourMs) * hourMs).toISOString().slice(0, 19)
}

/** The columns that every child row begins with. */
function writeKey(out: ByteWriter, { key, createdAt }: MappedSession): void {
  writeField(out, 'text', key.source)
  writeField(out, 'text', key.channel)
  writeField(out, 'id', key.sessionId)
  writeField(out, 'time', createdAt)
}

function writeLineage(out: ByteWriter, { bucket, objectKey }: Lineage): void {
  writeField(out, 'text', bucket)
  writeField(out, 'text', objectKey)
}

/**
 * Shows later which tables have exactly the same rows: for each compared group the beginning of a hash of its rows, or
 * zeros if there are none. It starts with the beginning of the content's own hash: a release that does not know
 * the digests may have written another revision, and they are recognized by that as out of date.
 */
function digestOf({ revision }: MappedSession, bytes: Buffer, ends: readonly number[]): string {
  const digests = [revision.contentSha256.slice(0, digestDigits)]
  // The session's own rows come first, and are not compared.
  let from = ends[0] ?? 0
  for (const last of lastOfGroups) {
    const end = ends[last] ?? from
    digests.push(end > from ? hash('sha256', bytes.subarray(from, end)).slice(0, digestDigits) : noRows)
    from = end
  }
  return digests.join('')
}

/** The rows of one table; empty if the session has none there. */
export function rowsOf({ bytes, ends }: EncodedRows, position: number): Uint8Array {
  return bytes.subarray(position === 0 ? 0 : ends[position - 1], ends[position])
}
