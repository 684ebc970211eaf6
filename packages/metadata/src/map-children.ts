import { type ColumnTree, columnTree } from './column-tree.ts'
import { mapObject, type ObjectContext, type Row } from './map-object.ts'
import { isJsonObject, type JsonObject } from './parse-json.ts'
import type { ChildTableSpec, RowsFrom } from './table-spec.ts'

/** A table with what its rows are read by. */
export type ChildReader = {
  table: ChildTableSpec
  tree: ColumnTree
  hasOrdinal: boolean
  /** The column that alone tells the rows apart, where one does. */
  id: string | undefined
}

export function childReader(table: ChildTableSpec): ChildReader {
  const { identifiedBy, backReferences } = table
  return {
    table,
    tree: columnTree(table, { backReferences }),
    hasOrdinal: identifiedBy.includes('ordinal'),
    id: identifiedBy.length === 1 ? identifiedBy[0] : undefined,
  }
}

type Filling = {
  /** The columns that all rows begin with. */
  key: Row
  rows: Row[]
  /** Takes the elements of an array that cannot be rows (no object, no readable id, an id that stood before), whole (I6). */
  keep(array: string, elements: unknown[]): void
}

/** Adds a row for each element of the table's arrays in `object`. */
export function mapChildren(
  reader: ChildReader,
  object: JsonObject,
  { key, rows, keep }: Filling,
  context: ObjectContext,
): void {
  let identities: Set<unknown> | undefined
  for (const from of reader.table.rowsFrom) {
    const elements = object[from.array]
    if (!Array.isArray(elements) || elements.length === 0) continue
    identities ??= new Set()
    const left: unknown[] = []
    for (let index = 0; index < elements.length; index += 1) {
      const element: unknown = elements[index]
      const row = mapChild(reader, from, element, index, key, context)
      const identity = row === undefined ? null : identityOf(reader, row)
      if (row === undefined || identity === null || identities.has(identity)) {
        left.push(element)
      } else {
        identities.add(identity)
        rows.push(row)
      }
    }
    if (left.length > 0) keep(from.array, left)
  }
}

function mapChild(
  reader: ChildReader,
  from: RowsFrom,
  element: unknown,
  index: number,
  key: Row,
  context: ObjectContext,
): Row | undefined {
  if (!isJsonObject(element)) return undefined
  const row: Row = { ...key }
  if (from.constants !== undefined) Object.assign(row, from.constants)
  if (reader.hasOrdinal) row.ordinal = index + 1
  const extra = mapObject(row, reader.tree, element, context)
  if (extra !== undefined) row.extra = extra
  return row
}

/** Null when a part of the identity is missing. */
function identityOf({ table, id }: ChildReader, row: Row): unknown {
  if (id !== undefined) return row[id] ?? null
  const parts = table.identifiedBy.map((name) => row[name] ?? null)
  return parts.includes(null) ? null : parts.join('/')
}
