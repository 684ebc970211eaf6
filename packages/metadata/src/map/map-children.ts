import { isJsonObject, type JsonObject } from '../read/parse-json.ts'
import { type ColumnValue, isEmpty } from '../tables/columns.ts'
import { type ChildTableSpec, columnIndex } from '../tables/table-spec.ts'
import { sortAgents } from './agent-variant.ts'
import { type ColumnTree, columnTree } from './column-tree.ts'
import { fillLocalTime, type LocalTimeReader, localTimeReader } from './local-time-reader.ts'
import { isRowOrRows, mapObject, type ObjectContext, type Row } from './map-object.ts'

/** A table and what is needed to read its rows. */
export type ChildReader = {
  table: ChildTableSpec
  tree: ColumnTree
  arrays: readonly ArrayReader[]
  ordinalIndex: number | undefined
  extraIndex: number
  /** Index of the column for elements that are plain text. */
  textIndex: number | undefined
  local: LocalTimeReader | undefined
  /** Indexes of the columns that identify a row within a session. */
  identity: readonly number[]
}

type ArrayReader = {
  array: string
  /** The row before its element is read. */
  blank: Row
}

export function childReader(table: ChildTableSpec): ChildReader {
  const { identifiedBy, backReferences, rowsFrom, textColumn } = table
  return {
    table,
    tree: columnTree(table, { backReferences }),
    arrays: rowsFrom.map(({ array, constants = {} }) => {
      const blank = blankRow(table)
      for (const [name, value] of Object.entries(constants)) blank[columnIndex(table, name)] = value
      return { array, blank }
    }),
    ordinalIndex: identifiedBy.includes('ordinal') ? columnIndex(table, 'ordinal') : undefined,
    extraIndex: columnIndex(table, 'extra'),
    textIndex: textColumn === undefined ? undefined : columnIndex(table, textColumn),
    local: localTimeReader(table),
    identity: identifiedBy.map((name) => columnIndex(table, name)),
  }
}

/** Has a value at every index, because arrays with holes are slower. */
export function blankRow({ columns }: Pick<ChildTableSpec, 'columns'>): Row {
  return columns.map(() => undefined)
}

type Filling = {
  rows: Row[]
  /** Keeps the elements of an array that cannot be rows (not an object, no readable id, or a repeated id) unchanged (I6). */
  keep(array: string, elements: unknown): void
  /** Fills the columns that do not come from the element. */
  begin?(row: Row): void
}

/** Adds a row for each element of the table's arrays in `object`. */
export function mapChildren(
  reader: ChildReader,
  object: JsonObject,
  filling: Filling,
  context: ObjectContext,
): void {
  const { rows, keep, begin } = filling
  // Most arrays have one row, so the set is only created for the second.
  let first: ColumnValue = null
  let others: Set<ColumnValue> | undefined
  for (const { array, blank } of reader.arrays) {
    const elements = object[array]
    if (!Array.isArray(elements)) {
      if (elements !== undefined) mapOnly(reader, { array, blank }, elements, filling, context)
      continue
    }
    if (elements.length === 0) continue
    let left: unknown[] | undefined
    for (let index = 0; index < elements.length; index += 1) {
      const element: unknown = elements[index]
      const row = blank.slice()
      begin?.(row)
      const identity = mapElement(reader, row, element, index, context)
      if (identity === null || identity === first || others?.has(identity) === true) {
        left ??= []
        left.push(element)
        continue
      }
      rows.push(row)
      if (first === null) {
        first = identity
      } else {
        others ??= new Set()
        others.add(identity)
      }
    }
    if (left !== undefined) keep(array, left)
  }
}

/** A single element in place of its array. If it fills no column, it may be anything and is kept. */
function mapOnly(
  reader: ChildReader,
  { array, blank }: ArrayReader,
  element: unknown,
  { rows, keep, begin }: Filling,
  context: ObjectContext,
): void {
  if (!isRowOrRows(element, reader.textIndex !== undefined) || isEmpty(element)) return
  const row = blank.slice()
  begin?.(row)
  const before = row.slice()
  const identity = mapElement(reader, row, element, 0, context)
  const own = (column: number) => column !== reader.ordinalIndex && column !== reader.extraIndex
  if (identity !== null && row.some((value, column) => own(column) && value !== before[column]))
    rows.push(row)
  else keep(array, element)
}

function mapElement(
  reader: ChildReader,
  row: Row,
  element: unknown,
  index: number,
  context: ObjectContext,
): ColumnValue {
  if (isJsonObject(element)) return mapChild(reader, row, element, index, context)
  if (reader.textIndex === undefined || typeof element !== 'string' || element.trim() === '') return null
  row[reader.textIndex] = element
  return fillIdentity(reader, row, index)
}

/** Fills the row and returns its identity. Null if a part of the identity is missing. */
function mapChild(
  reader: ChildReader,
  row: Row,
  element: JsonObject,
  index: number,
  context: ObjectContext,
): ColumnValue {
  const { agentPairs } = reader.table
  const object = agentPairs === undefined ? element : sortAgents(element, agentPairs)
  const extra = mapObject(row, reader.tree, object, context)
  if (extra !== undefined) row[reader.extraIndex] = extra
  if (reader.local !== undefined) fillLocalTime(reader.local, row, element, context)
  return fillIdentity(reader, row, index)
}

function fillIdentity({ ordinalIndex, identity }: ChildReader, row: Row, index: number): ColumnValue {
  if (ordinalIndex !== undefined) row[ordinalIndex] = index + 1
  const [only = -1, ...others] = identity
  if (others.length === 0) return row[only] ?? null
  const parts = identity.map((column) => row[column] ?? null)
  return parts.includes(null) ? null : parts.join('/')
}
