import type { ColumnKind } from './columns.ts'

/** A column that is filled from the document: the first of `paths` that says something wins. */
export type SourcedColumn = {
  name: string
  kind: ColumnKind
  /** Keys from the table's own object downwards, dotted: `agent_info.email`. Aliases in order of preference. */
  paths: readonly string[]
}

/** A column that the mapping computes from the rest of the document. */
export type ComputedColumn = { name: string; kind: ColumnKind; computed: true }

export type Column = SourcedColumn | ComputedColumn

/** What one warehouse table takes from a document. The loader writes exactly these columns, in this order. */
export type TableSpec = {
  name: TableName
  columns: readonly Column[]
}

/** A table with one row per element of one of the document's arrays. */
export type ChildTableSpec = TableSpec & {
  /** The document's array, and the column that tells its rows apart. */
  rowsFrom: { array: string; idColumn: string }
  /** Keys that only repeat the session's own id; dropped when they do, kept in `extra` when they do not. */
  backReferences: readonly string[]
}

export type TableName = 'session' | 'call_participant' | 'transfer'

export function column(name: string, kind: ColumnKind, ...paths: string[]): SourcedColumn {
  return { name, kind, paths: paths.length === 0 ? [name] : paths }
}

export function computed(name: string, kind: ColumnKind): ComputedColumn {
  return { name, kind, computed: true }
}

export function isSourced(one: Column): one is SourcedColumn {
  return !('computed' in one)
}
