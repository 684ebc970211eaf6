import type { NamedRow as Row } from '../src/map/name-rows.ts'
import { isJsonObject, type JsonObject } from '../src/read/parse-json.ts'
import { childTables } from '../src/tables/all-tables.ts'
import { recordingRedactionTable } from '../src/tables/recording-redaction.ts'
import { sessionTable } from '../src/tables/session.ts'
import {
  type ChildTableSpec,
  isSourced,
  type RowsFrom,
  type SourcedColumn,
  type TableSpec,
} from '../src/tables/table-spec.ts'
import { canonicalValue, isNothing, sameJson } from './canonical-value.ts'
import type { NamedSession } from './map-document.ts'

/** Where a leaf of the document went. Null if it is lost. */
export type Account = { path: string; place: string | null }

type Key = string | number
type ArrayOfRows = { table: ChildTableSpec; from: RowsFrom }
/** An object of the document, its row, and its table. */
type Home = { table: TableSpec | ChildTableSpec; row: Row; place: string; books: Books }
type Books = { rows: NamedSession['rows']; used: Set<Row> }

/**
 * Accounts for every leaf of a document and every element of an array with its row: an oracle that knows the tables' paths but
 * none of the mapping's code. Also reports rows and left-over elements that have no counterpart in the document.
 */
export function accountLeaves(document: JsonObject, { rows }: Pick<NamedSession, 'rows'>): Account[] {
  const books: Books = { rows, used: new Set() }
  const [row = {}] = rows.session
  const accounts = accountObject(document, '$', { table: sessionTable, row, place: 'session', books })
  books.used.add(row)
  const unused = Object.entries(rows).flatMap(([name, all]) =>
    all
      .filter((candidate) => !books.used.has(candidate))
      .map(() => ({ path: `a row of ${name}`, place: null })),
  )
  return [...accounts, ...unused]
}

export function lostLeaves(accounts: Account[]): string[] {
  return accounts.filter(({ place }) => place === null).map(({ path }) => path)
}

function accountObject(object: JsonObject, path: string, home: Home): Account[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const rowsOf = arraysOf(home.table).find(({ from }) => from.array === key)
    if (rowsOf === undefined || isNothing(value)) return accountValue(value, [key], `${path}.${key}`, home)
    const place = `${path}.${key}`
    if (Array.isArray(value)) return accountElements(value, place, rowsOf, home)
    return accountElement(value, 0, place, rowsOf, home) ?? accountValue(value, [key], place, home)
  })
}

function arraysOf(table: TableSpec | ChildTableSpec): ArrayOfRows[] {
  const inside =
    table === sessionTable ? childTables : table.name === 'recording' ? [recordingRedactionTable] : []
  return inside.flatMap((inner) => inner.rowsFrom.map((from) => ({ table: inner, from })))
}

/** An element becomes a row with all of its leaves, or stays in `extra` unchanged and in order. */
function accountElements(elements: unknown[], path: string, rowsOf: ArrayOfRows, home: Home): Account[] {
  const left = [home.row.extra].flatMap((extra) => valueAt(extra, [rowsOf.from.array]) ?? [])
  const accounts = elements.flatMap((element, index) => {
    const place = `${path}[${index}]`
    const inRow = accountElement(element, index, place, rowsOf, home)
    if (inRow !== undefined && lostLeaves(inRow).length === 0) return inRow
    if (left.length === 0 || !sameJson(left[0], element)) return inRow ?? spread(element, place, null)
    left.shift()
    return spread(element, place, `${home.place}.extra`)
  })
  return [...accounts, ...left.map(() => ({ path: `an element too many in extra of ${path}`, place: null }))]
}

function accountElement(
  element: unknown,
  index: number,
  path: string,
  { table, from }: ArrayOfRows,
  { row: outer, books }: Home,
): Account[] | undefined {
  const { textColumn } = table
  const isText = typeof element === 'string' && textColumn !== undefined
  const own = isText ? { [textColumn]: element } : element
  if (!isJsonObject(own)) return undefined
  const row = books.rows[table.name].find((candidate) => {
    const constants = Object.entries(from.constants ?? {})
    const isOfArray = constants.every(([name, value]) => candidate[name] === value)
    const isInside = !('recording_id' in outer) || candidate.recording_id === outer.recording_id
    return isOfArray && isInside && !books.used.has(candidate) && isRowOf(table, own, index, candidate)
  })
  if (row === undefined) return undefined
  books.used.add(row)
  if (!isText) return accountObject(own, path, { table, row, place: table.name, books })
  return [{ path, place: row[textColumn] === element ? `${table.name}.${textColumn}` : null }]
}

function isRowOf(table: ChildTableSpec, element: JsonObject, index: number, row: Row): boolean {
  if (table.identifiedBy.includes('ordinal')) return row.ordinal === index + 1
  const id = table.columns.filter(isSourced).find(({ name }) => table.identifiedBy.includes(name))
  return id !== undefined && canonicalValue('id', element[id.paths[0] ?? '']) === row[id.name]
}

function accountValue(value: unknown, keys: Key[], path: string, home: Home): Account[] {
  if (isNothing(value)) return [{ path, place: 'nothing' }]
  const place = columnOf(value, keys, home)
  if (place !== undefined) return spread(value, path, place)
  const kept = valueAt(home.row.extra, keys)
  if (kept !== undefined && sameJson(kept, value)) return spread(value, path, `${home.place}.extra`)
  if (Array.isArray(value)) {
    return value.flatMap((element, index) =>
      accountValue(element, [...keys, index], `${path}[${index}]`, home),
    )
  }
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([key, child]) =>
      accountValue(child, [...keys, key], `${path}.${key}`, home),
    )
  }
  return [{ path, place: null }]
}

/** The column with the value, or why there is none. */
function columnOf(value: unknown, keys: Key[], { table, row, place }: Home): string | undefined {
  const isAt = (path: string): boolean => sameJson(path.split('.'), keys)
  const column = table.columns.filter(isSourced).find(({ paths }) => paths.some(isAt))
  if (column !== undefined) {
    const sent = canonicalValue(column.kind, value)
    if (
      sent === null ||
      (/^(?:average_response_seconds|response_seconds_avg)$/.test(column.name) && isOfNothing(sent, row))
    )
      return 'nothing'
    const said = canonicalValue(column.kind, row[column.name])
    if (sent === said || meansTerm(column, sent, said, row.channel)) return `${place}.${column.name}`
  }
  if (table === sessionTable) return computedColumnOf(value, keys, row)
  const own = `${String(row.channel)}_id`
  return isAt(own) && canonicalValue('id', value) === row.session_id ? 'back reference' : undefined
}

/** A mean of 0 seconds that is left out, because there was no response. */
function isOfNothing(mean: unknown, row: Row): boolean {
  return Number(mean) === 0 && (row.response_count ?? 0) === 0
}

/** Contract, section g, rule 8: a code, and any case or separator, means the same as the stored term. */
function meansTerm({ vocabulary }: SourcedColumn, sent: unknown, said: unknown, channel: unknown): boolean {
  const fold = (word: unknown): string =>
    String(word)
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, '_')
  const term = vocabulary?.terms.find(
    (candidate) => candidate.value === said && (candidate.channel === channel || candidate.channel === 'any'),
  )
  const isCode = term?.code !== null && Number(sent) === term?.code
  return term !== undefined && (isCode || fold(sent) === fold(term.value))
}

/** Columns that are filled from `agent_info` or `virtual_agent`. */
const computedFrom = new Map<string, readonly string[]>(
  Object.entries({
    'agent_info.id': ['agent_id', 'virtual_agent_id'],
    'agent_info.name': ['agent_name', 'virtual_agent_name'],
    'agent_info.email': ['agent_email'],
    'agent_info.agent_number': ['agent_number'],
    'virtual_agent.id': ['virtual_agent_id'],
    'virtual_agent.name': ['virtual_agent_name'],
  }),
)

function computedColumnOf(value: unknown, keys: Key[], row: Row): string | undefined {
  const name = computedFrom.get(keys.join('.'))?.find((column) => {
    const kind = column.endsWith('_id') ? 'id' : column.endsWith('_name') ? 'text' : 'word'
    const sent = canonicalValue(kind, value)
    return keys.length === 2 && typeof sent === 'string' && sent === canonicalValue(kind, row[column])
  })
  return name === undefined ? undefined : `session.${name}`
}

function valueAt(value: unknown, keys: Key[]): unknown {
  return keys.reduce<unknown>((at, key) => {
    const isHolder = isJsonObject(at) || Array.isArray(at)
    return isHolder && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined
  }, value)
}

/** The leaves of a value that is kept in one place, or lost, as a whole. */
function spread(value: unknown, path: string, place: string | null): Account[] {
  if (isNothing(value)) return [{ path, place: 'nothing' }]
  if (Array.isArray(value))
    return value.flatMap((element, index) => spread(element, `${path}[${index}]`, place))
  if (!isJsonObject(value)) return [{ path, place }]
  return Object.entries(value).flatMap(([key, child]) => spread(child, `${path}.${key}`, place))
}
