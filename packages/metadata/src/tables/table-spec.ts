import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { ColumnKind, SourcedKind } from './columns.ts'

/** A column that is filled from the document. The first of `paths` with a value wins. */
export type SourcedColumn = {
  name: string
  kind: SourcedKind
  /** Keys from the table's own object down, dotted: `agent_info.email`. Aliases in order of preference. */
  paths: readonly string[]
  /** Unifies codes and spellings of a `word`. Unknown words stay as sent. */
  vocabulary?: Vocabulary
}

/** A column that the mapping computes from other parts of the document. */
export type ComputedColumn = { name: string; kind: ColumnKind; computed: true }

export type Column = SourcedColumn | ComputedColumn

/** One warehouse table and its sources in a document. The loader writes exactly these columns, in this order. */
export type TableSpec = {
  name: TableName
  columns: readonly Column[]
  /**
   * Documented paths without a column, because they add nothing useful. They end in `extra` like unknown ones, but are not
   * reported as drift.
   */
  known: readonly string[]
}

/** A table with one row per element of one or more of the document's arrays. */
export type ChildTableSpec = TableSpec & {
  rowsFrom: readonly RowsFrom[]
  /** Columns that identify a row within a session. `ordinal` is the position in the array, from 1. */
  identifiedBy: readonly string[]
  /** Keys that repeat the session's own id, by channel. Dropped if they do, otherwise kept in `extra`. */
  backReferences: readonly string[]
  /** The column for elements that are plain text, if the shape of elements is not documented. */
  textColumn?: string
  /** The column whose time is repeated on the tenant's clock, in the column of kind `local-time`. */
  localTimeOf?: string
  /** Keys of agents that may be persons or virtual agents. */
  agentPairs?: readonly AgentPair[]
}

/** A key for a person and the corresponding key for a virtual agent, such as `from_agent` and `from_virtual_agent`. */
export type AgentPair = { person: string; virtual: string }

export type RowsFrom = {
  array: string
  /** Columns with the same value for every row of this array. */
  constants?: Readonly<Record<string, string>>
}

export type TableName =
  | 'session'
  | 'call_participant'
  | 'transfer'
  | 'handle_duration'
  | 'queue_duration'
  | 'virtual_agent_handle_duration'
  | 'consumer_handle_duration'
  | 'consumer_event_duration'
  | 'consumer_in_menu_duration'
  | 'disposition'
  | 'recording'
  | 'recording_redaction'
  | 'escalation'
  | 'deflected_escalation'
  | 'deflection'
  | 'offer_event'
  | 'media'
  | 'session_message'
  | 'wait_time_virtual_agent'

/** Indexes of columns in a row of the table, by name. */
export function columnIndexes<Name extends string>(table: TableSpec, ...names: Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, columnIndex(table, name)])) as Record<Name, number>
}

/** @throws Error if the table has no such column. */
export function columnIndex({ name: table, columns }: TableSpec, name: string): number {
  const index = columns.findIndex((column) => column.name === name)
  if (index === -1) throw new Error(`${table} has no column ${name}`)
  return index
}

export function column(name: string, kind: SourcedKind, ...paths: string[]): SourcedColumn {
  return { name, kind, paths: paths.length === 0 ? [name] : paths }
}

/** A `word` whose known codes and spellings are replaced by the terms of a vocabulary. */
export function term(name: string, vocabulary: Vocabulary, ...paths: string[]): SourcedColumn {
  return { ...column(name, 'word', ...paths), vocabulary }
}

export function computed(name: string, kind: ColumnKind): ComputedColumn {
  return { name, kind, computed: true }
}

export function isSourced(column: Column): column is SourcedColumn {
  return !('computed' in column)
}
