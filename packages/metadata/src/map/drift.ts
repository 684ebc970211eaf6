import { safeName } from '@aftercall/runtime/text/safe-name'
import { isExactNumber, isJsonObject, type JsonObject } from '../read/parse-json.ts'
import { childTables } from '../tables/all-tables.ts'
import { noTimes, readColumn, readValue, unreadable } from '../tables/columns.ts'
import { recordingRedactionTable } from '../tables/recording-redaction.ts'
import { type ChildTableSpec, columnIndex, isSourced, type TableSpec } from '../tables/table-spec.ts'
import { findTerm, indexTerms, type TermIndex } from '../vocabulary/find-term.ts'
import type { Row } from './map-object.ts'

/**
 * A part of a document without a column, or with something unexpected. Has paths only, never values, and no name that could
 * be personal (I10).
 */
export type Drift = {
  /** From the top of the document, with `[]` for any element: `participants[].mood`. */
  path: string
  /** The JSON type that was found there, or what is unexpected about it. */
  type: string
}

/** Deeper levels are reported as one object, so that a tenant's own keys do not fill the report. */
const depthMax = 5
const pathsMax = 100
const pathLengthMax = 300

/**
 * Paths that the data contract documents, key by key: `null` at the end of a path, `rows` for an array of rows, or the terms of
 * a column whose other spellings are kept in `extra`.
 */
type KnownPaths = Map<string, KnownPaths | TermIndex | 'rows' | null>

/** Adds the undocumented parts of a row's `extra` to `found`, by path and type. */
export type DriftCollector = (row: Row, found: Map<string, Drift>) => void

export function driftCollector(table: TableSpec | ChildTableSpec): DriftCollector {
  const known = knownPaths(table)
  const inside = pathTo(table)
  const extraIndex = columnIndex(table, 'extra')
  return (row, found) => {
    const extra = row[extraIndex]
    if (isJsonObject(extra)) collect(extra, inside, known, 1, found)
  }
}

export function noteDrift({ path, type }: Drift, found: Map<string, Drift>): void {
  if (found.size >= pathsMax) return
  const drift = { path: path.slice(0, pathLengthMax), type }
  found.set(`${drift.path} ${drift.type}`, drift)
}

function knownPaths(table: TableSpec): KnownPaths {
  const { known, columns } = table
  const paths: KnownPaths = new Map(arraysIn(table).map((array) => [array, 'rows']))
  for (const path of known) plant(paths, path.split('.'), null)
  for (const { paths: aliases, vocabulary } of columns.filter(isSourced)) {
    if (vocabulary?.terms.some((term) => term.aliases !== undefined) !== true) continue
    for (const path of aliases) plant(paths, path.split('.'), indexTerms(vocabulary))
  }
  return paths
}

function plant(paths: KnownPaths, [key = '', ...deeper]: string[], end: TermIndex | null): void {
  if (deeper.length === 0) {
    paths.set(key, end)
    return
  }
  const there = paths.get(key)
  const inner: KnownPaths = there instanceof Map ? there : new Map()
  paths.set(key, inner)
  plant(inner, deeper, end)
}

/** Arrays of rows within the table's own object. */
function arraysIn({ name }: TableSpec): string[] {
  const inside = name === 'session' ? childTables : name === 'recording' ? [recordingRedactionTable] : []
  return inside.flatMap(({ rowsFrom }) => rowsFrom.map(({ array }) => array))
}

export function pathTo(table: TableSpec | ChildTableSpec): string {
  if (table.name === 'recording_redaction') return 'recordings[].redaction_times[].'
  const arrays = 'rowsFrom' in table ? table.rowsFrom.map((from) => from.array) : []
  return arrays.length === 0 ? '' : `${arrays.join('|')}[].`
}

/** Elements of an array of rows that became no row. An object with a readable id repeats an earlier one. */
function collectLeft(left: unknown, path: string, found: Map<string, Drift>): void {
  if (!Array.isArray(left)) {
    collectValue(left, path, undefined, depthMax, found)
    return
  }
  for (const element of left) {
    if (isJsonObject(element)) {
      const id = readValue(readColumn.id, element.id, noTimes)
      const isDoubled = id !== null && id !== unreadable
      noteDrift({ path: `${path}[]`, type: isDoubled ? 'doubled row' : 'element without an id' }, found)
    } else {
      collectValue(element, `${path}[]`, undefined, depthMax, found)
    }
  }
}

/** `inside` is the path of the object, to which keys are appended. */
function collect(
  object: JsonObject,
  inside: string,
  known: KnownPaths | undefined,
  depth: number,
  found: Map<string, Drift>,
): void {
  for (const key in object) {
    if (found.size >= pathsMax) return
    const deeper = known?.get(key)
    if (deeper === null) continue
    const value = object[key]
    // A documented key is not personal.
    const path = extendPath(inside, deeper === undefined ? safeName(key) : key)
    if (deeper === undefined || deeper instanceof Map) collectValue(value, path, deeper, depth, found)
    else if (deeper === 'rows') collectLeft(value, path, found)
    else if (!isSpelling(deeper, value)) collectValue(value, path, undefined, depth, found)
  }
}

/** Another spelling of a known word. It is kept because the column has only the term. */
function isSpelling(terms: TermIndex, value: unknown): boolean {
  const word: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  return typeof word === 'string' && channels.some((channel) => findTerm(terms, channel, word.trim()))
}

const channels = ['call', 'chat'] as const

function collectValue(
  value: unknown,
  path: string,
  known: KnownPaths | undefined,
  depth: number,
  found: Map<string, Drift>,
): void {
  if (found.size >= pathsMax) return
  if (Array.isArray(value)) {
    const inside = extendPath(path, '[]')
    for (const element of value) collectValue(element, inside, undefined, depth, found)
  } else if (isJsonObject(value) && depth < depthMax) {
    collect(value, extendPath(path, '.'), known, depth + 1, found)
  } else if (value !== null) {
    noteDrift({ path, type: typeOf(value) }, found)
  }
}

/** Cuts the path while it grows: a key of a megabyte would otherwise be copied for each key below it. */
function extendPath(path: string, key: string): string {
  return path.length + key.length <= pathLengthMax
    ? path + key
    : (path + key.slice(0, pathLengthMax)).slice(0, pathLengthMax)
}

function typeOf(value: unknown): string {
  return isExactNumber(value) ? 'number' : typeof value
}
