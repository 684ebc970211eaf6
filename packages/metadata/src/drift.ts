import { tellName } from '@aftercall/runtime/tell-name'
import type { Row } from './map-object.ts'
import { isExactNumber, isJsonObject, type JsonObject } from './parse-json.ts'
import { type ChildTableSpec, placeOf, type TableSpec } from './table-spec.ts'

/** A place of a document that no column takes. Paths only, never values, and no name that could be a person's (I10). */
export type Drift = {
  /** From the top of the document, `[]` for any element: `participants[].mood`. */
  path: string
  /** The JSON type of what was found there. */
  type: string
}

/** A tenant's own keys must not fill the report: deeper levels are told as one object. */
const depthMax = 5
const pathsMax = 100
const pathLengthMax = 300

/** Paths that the contract knows, key by key; `null` where one ends. */
type KnownPaths = ReadonlyMap<string, KnownPaths | null>

/** Adds what a row's `extra` holds and the contract does not know to `found`, by path and type. */
export type DriftCollector = (row: Row, found: Map<string, Drift>) => void

export function driftCollector(table: TableSpec | ChildTableSpec): DriftCollector {
  const known = knownPaths(table.known)
  const inside = pathTo(table)
  const extraPlace = placeOf(table, 'extra')
  return (row, found) => {
    const extra = row[extraPlace]
    if (isJsonObject(extra)) collect(extra, inside, known, 1, found)
  }
}

function knownPaths(paths: readonly string[]): KnownPaths {
  const byKey = Map.groupBy(paths, (path) => path.split('.', 1)[0] ?? '')
  return new Map(
    [...byKey].map(([key, ofKey]) => {
      const rest = ofKey.map((path) => path.slice(key.length + 1))
      return [key, rest.includes('') ? null : knownPaths(rest)]
    }),
  )
}

function pathTo(table: TableSpec | ChildTableSpec): string {
  if (table.name === 'recording_redaction') return 'recordings[].redaction_times[].'
  const arrays = 'rowsFrom' in table ? table.rowsFrom.map((from) => from.array) : []
  return arrays.length === 0 ? '' : `${arrays.join('|')}[].`
}

/** `inside` is the path of the object, to which a key is added. */
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
    if (deeper !== null) collectValue(object[key], longer(inside, tellName(key)), deeper, depth, found)
  }
}

function collectValue(
  value: unknown,
  path: string,
  known: KnownPaths | undefined,
  depth: number,
  found: Map<string, Drift>,
): void {
  if (found.size >= pathsMax) return
  if (Array.isArray(value)) {
    const inside = longer(path, '[]')
    for (const one of value) collectValue(one, inside, undefined, depth, found)
  } else if (isJsonObject(value) && depth < depthMax) {
    collect(value, longer(path, '.'), known, depth + 1, found)
  } else if (value !== null) {
    const drift = { path, type: typeOf(value) }
    found.set(`${drift.path} ${drift.type}`, drift)
  }
}

/** Cut where it grows: a key of a megabyte would otherwise be copied for each of the keys below it. */
function longer(path: string, key: string): string {
  return path.length + key.length <= pathLengthMax
    ? path + key
    : (path + key.slice(0, pathLengthMax)).slice(0, pathLengthMax)
}

function typeOf(value: unknown): string {
  return isExactNumber(value) ? 'number' : typeof value
}
