import { tables } from '../tables/all-tables.ts'
import type { ColumnKind, ColumnValue } from '../tables/columns.ts'
import type { TableName, TableSpec } from '../tables/table-spec.ts'
import { instantOfMoment } from '../times/times.ts'
import type { Row } from './map-object.ts'
import type { MappedSession } from './map-session.ts'

/** A row by column name, with the columns of its key. Missing columns are null. */
export type NamedRow = Record<string, ColumnValue>

export type NamedRows = Record<TableName, NamedRow[]>

/** A session's rows in a readable form, with ids and instants as text. Not used by the loader. */
export function nameRows(session: MappedSession): NamedRows {
  const { key, createdAt, rows } = session
  const { source, channel, sessionId } = key
  const childKey = { source, channel, session_id: sessionId, session_created_at: createdAt }
  const named = tables.map((table) => {
    const begin = table.name === 'session' ? {} : childKey
    return [table.name, rows[table.name].map((row) => ({ ...begin, ...nameRow(table, row) }))]
  })
  return Object.fromEntries(named) as NamedRows
}

function nameRow({ columns }: TableSpec, row: Row): NamedRow {
  const named: NamedRow = {}
  for (const [index, { name, kind }] of columns.entries()) {
    const value = row[index]
    if (value !== undefined) named[name] = readable(kind, value)
  }
  return named
}

function readable(kind: ColumnKind, value: ColumnValue): ColumnValue {
  if (kind === 'time' && typeof value === 'number') return instantOfMoment(value)
  // Without the Z: it is no time in UTC.
  if (kind === 'local-time' && (typeof value === 'number' || typeof value === 'string'))
    return instantOfMoment(value).slice(0, -1)
  const isId = kind === 'id' || kind === 'session-id'
  return isId && typeof value === 'number' ? String(value) : value
}
