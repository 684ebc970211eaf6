import { type ReadContext, readColumn, saysNothing } from './columns.ts'
import { type ColumnTree, columnTree, mapObject, type Row } from './map-object.ts'
import { isJsonObject, type JsonObject } from './parse-json.ts'
import type { ChildTableSpec } from './table-spec.ts'

const trees = new WeakMap<ChildTableSpec, ColumnTree>()

/**
 * Takes a child array out of the session's `extra` and makes rows of it. An element that cannot be a
 * row (no object, no readable id, an id that stood before) stays in `extra`, whole (I6).
 */
export function mapChildren(
  table: ChildTableSpec,
  extra: JsonObject,
  keyColumns: Row,
  context: ReadContext,
): Row[] {
  const elements = extra[table.rowsFrom.array]
  if (!Array.isArray(elements)) return []
  const rows: Row[] = []
  const ids = new Set<unknown>()
  const left: unknown[] = []
  for (const element of elements) {
    const row = isJsonObject(element) ? mapChild(table, element, keyColumns, context) : undefined
    const id = row?.[table.rowsFrom.idColumn]
    if (row === undefined || id === undefined || id === null || ids.has(id)) {
      left.push(element)
      continue
    }
    ids.add(id)
    rows.push(row)
  }
  if (left.length === 0) delete extra[table.rowsFrom.array]
  else extra[table.rowsFrom.array] = left
  return rows
}

function mapChild(table: ChildTableSpec, element: JsonObject, keyColumns: Row, context: ReadContext): Row {
  let tree = trees.get(table)
  if (tree === undefined) {
    tree = columnTree(table)
    trees.set(table, tree)
  }
  const { row, extra } = mapObject(tree, element, context)
  for (const key of table.backReferences) {
    if (readColumn.id(extra[key], context) === keyColumns.session_id) delete extra[key]
  }
  return saysNothing(extra) ? { ...keyColumns, ...row } : { ...keyColumns, ...row, extra }
}
