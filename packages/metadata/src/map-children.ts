import { readColumn, saysNothing } from './columns.ts'
import { type ColumnTree, columnTree, mapObject, type ObjectContext, type Row } from './map-object.ts'
import { isJsonObject, type JsonObject } from './parse-json.ts'
import type { ChildTableSpec, RowsFrom } from './table-spec.ts'

const trees = new WeakMap<ChildTableSpec, ColumnTree>()

/**
 * Takes a table's arrays out of `extra` and makes rows of them. An element that cannot be a row (no object, no
 * readable id, an id that stood before) stays in `extra`, whole (I6).
 */
export function mapChildren(
  table: ChildTableSpec,
  extra: JsonObject,
  key: Row,
  context: ObjectContext,
): Row[] {
  const rows: Row[] = []
  const identities = new Set<string>()
  for (const from of table.rowsFrom) {
    const elements = extra[from.array]
    if (!Array.isArray(elements)) continue
    const left = elements.filter((element, index) => {
      const row = isJsonObject(element) ? mapChild(table, from, element, index, key, context) : undefined
      const identity = row === undefined ? null : identityOf(table, row)
      if (row === undefined || identity === null || identities.has(identity)) return true
      identities.add(identity)
      rows.push(row)
      return false
    })
    if (left.length === 0) delete extra[from.array]
    else extra[from.array] = left
  }
  return rows
}

function mapChild(
  table: ChildTableSpec,
  from: RowsFrom,
  element: JsonObject,
  index: number,
  key: Row,
  context: ObjectContext,
): Row {
  const { row, extra } = mapObject(treeOf(table), element, context)
  const reference = `${context.channel}_id`
  const namesOwn = readColumn.id(extra[reference], context) === key.session_id
  if (namesOwn && table.backReferences.includes(reference)) delete extra[reference]
  const ordinal = table.identifiedBy.includes('ordinal') ? { ordinal: index + 1 } : {}
  return { ...key, ...from.constants, ...ordinal, ...row, ...(saysNothing(extra) ? {} : { extra }) }
}

function treeOf(table: ChildTableSpec): ColumnTree {
  let tree = trees.get(table)
  if (tree === undefined) {
    tree = columnTree(table)
    trees.set(table, tree)
  }
  return tree
}

/** Null when a part of the identity is missing. */
function identityOf(table: ChildTableSpec, row: Row): string | null {
  const parts = table.identifiedBy.map((name) => row[name] ?? null)
  return parts.includes(null) ? null : parts.join('/')
}
