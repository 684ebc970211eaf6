import { isExactNumber, isJsonObject } from '../src/read/parse-json.ts'
import type { ColumnKind } from '../src/tables/columns.ts'

/**
 * One canonical form for a sent value and for its column value, written without the column readers so that it can check
 * them. Null: no value. Undefined: not a value of this kind.
 */
export function canonicalValue(kind: ColumnKind, value: unknown): string | null | undefined {
  if (value === null || value === undefined) return null
  if (kind === 'json') return JSON.stringify(value)
  if (kind === 'id-path') return idPath(value)
  if (kind === 'loose-text') {
    const text = scalarText(value) ?? JSON.stringify(value, inOrder)
    return text.trim() === '' ? null : text
  }
  if (Array.isArray(value) && value.length === 1 && !Array.isArray(value[0]))
    return canonicalValue(kind, value[0])
  const text = scalarText(value)
  if (text === undefined || kind === 'text') return text
  if (text.trim() === '') return null
  return canonicalText(kind, text.trim())
}

function canonicalText(kind: ColumnKind, text: string): string | undefined {
  switch (kind) {
    case 'id':
    case 'session-id':
    case 'integer': {
      const digits = /^([+-]?\d+)(?:\.0+)?$/.exec(text)?.[1]
      if (digits !== undefined) return BigInt(digits).toString()
      return /^[+-]?[\d.]+e[+-]?\d+$/i.test(text) && Number.isInteger(Number(text))
        ? String(Number(text) + 0)
        : undefined
    }
    case 'numeric':
      // Beyond 15 digits, two numbers may have the same double.
      return text.replaceAll(/\D/g, '').length > 15 ? text : String(Number(text))
    case 'boolean':
      return { true: 'true', '1': 'true', false: 'false', '0': 'false' }[text.toLowerCase()]
    case 'time':
      return Number.isNaN(Date.parse(text)) ? undefined : new Date(Date.parse(text)).toISOString()
    default:
      return text
  }
}

function idPath(value: unknown): string | null | undefined {
  const parts: unknown[] | undefined = Array.isArray(value) ? value : scalarText(value)?.split('/')
  const ids = parts?.map((part) => canonicalValue('id', part))
  if (ids === undefined || ids.includes(undefined)) return undefined
  return ids.includes(null) ? null : ids.join('/')
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return isExactNumber(value) ? value.rawJSON : undefined
}

/** Missing, `null`, `[]`, and `{}` are the same (contract, section g, rule 6). */
export function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === null || value === undefined || (isJsonObject(value) && Object.keys(value).length === 0)
}

export function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Sorts keys, because their order in a document has no meaning. */
function inOrder(_key: string, value: unknown): unknown {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
