import type { Row } from './map-object.ts'
import { isExactNumber, isJsonObject } from './parse-json.ts'
import type { ChildTableSpec, TableSpec } from './table-spec.ts'

/** A place of a document that no column takes. Paths only, never values (I10). */
export type Drift = {
  /** From the top of the document, `[]` for any element: `participants[].mood`. */
  path: string
  /** The JSON type of what was found there. */
  type: string
}

/** A tenant's own keys must not fill the report: deeper levels are told as one object. */
const depthMax = 5
const pathsMax = 100
const pathLengthMax = 200

/** Adds what a row's `extra` holds and the contract does not know to `found`, by path and type. */
export function collectDrift(table: TableSpec | ChildTableSpec, row: Row, found: Map<string, Drift>): void {
  if (isJsonObject(row.extra)) collect(row.extra, placeOf(table), '', table.known, 1, found)
}

function placeOf(table: TableSpec | ChildTableSpec): string {
  if (table.name === 'recording_redaction') return 'recordings[].redaction_times[].'
  const arrays = 'rowsFrom' in table ? table.rowsFrom.map((from) => from.array) : []
  return arrays.length === 0 ? '' : `${arrays.join('|')}[].`
}

function collect(
  value: object,
  prefix: string,
  inside: string,
  known: readonly string[],
  depth: number,
  found: Map<string, Drift>,
): void {
  for (const [key, child] of Object.entries(value)) {
    const path = inside === '' ? key : `${inside}.${key}`
    if (!known.includes(path)) collectValue(child, prefix, path, known, depth, found)
  }
}

function collectValue(
  value: unknown,
  prefix: string,
  path: string,
  known: readonly string[],
  depth: number,
  found: Map<string, Drift>,
): void {
  if (found.size >= pathsMax) return
  if (Array.isArray(value)) {
    for (const one of value) collectValue(one, prefix, `${path}[]`, known, depth, found)
  } else if (isJsonObject(value) && depth < depthMax) {
    collect(value, prefix, path, known, depth + 1, found)
  } else if (value !== null) {
    const drift = { path: `${prefix}${path}`.slice(0, pathLengthMax), type: typeOf(value) }
    found.set(`${drift.path} ${drift.type}`, drift)
  }
}

function typeOf(value: unknown): string {
  return isExactNumber(value) ? 'number' : typeof value
}
