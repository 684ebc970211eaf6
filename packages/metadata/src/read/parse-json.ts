import { findJsonBreak } from './find-json-break.ts'
import { mayHoldInexactNumber } from './inexact-number.ts'

/** A parsed JSON object of a document. Values are `unknown` until a column reader has checked them. */
export type JsonObject = { [key: string]: unknown }

/** A number that JavaScript cannot hold exactly, kept as the digits that were sent. */
export type ExactNumber = { readonly rawJSON: string }

export type JsonResult =
  | { kind: 'json'; value: unknown; replacedValues: number }
  | { kind: 'not-json'; position: number | null }

declare global {
  interface JSON {
    rawJSON(text: string): ExactNumber
    isRawJSON(value: unknown): value is ExactNumber
  }
}

/** Postgres can store neither NUL nor half a surrogate pair, in text or in jsonb. */
const unstorableEscape = /\\u(?:0000|[dD][89a-fA-F])/
const unstorable = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/**
 * Parses JSON without loss: integers beyond 2^53 and numbers like 1e999 stay exact (contract, section g, rule 12). Values that
 * Postgres cannot store are replaced and counted: characters by U+FFFD, numbers outside its range by their text. Ordinary text
 * takes the fast path, plain `JSON.parse`. Never throws.
 */
export function parseJson(text: string): JsonResult {
  let replacedValues = 0
  const replace = (value: string): string =>
    value.replace(unstorable, () => {
      replacedValues += 1
      return '\uFFFD'
    })
  const careful = mayHoldInexactNumber(text) || mayHoldUnstorableText(text)
  try {
    if (!careful) return { kind: 'json', value: JSON.parse(text), replacedValues }
    const value: unknown = JSON.parse(text, (_key, parsed: unknown, context?: { source?: string }) => {
      if (typeof parsed === 'number') {
        const kept = keepExact(parsed, context?.source)
        if (typeof kept === 'string') replacedValues += 1
        return kept
      }
      if (typeof parsed === 'string') return replace(parsed)
      return withStorableKeys(parsed, replace)
    })
    return { kind: 'json', value, replacedValues }
  } catch (error) {
    // The reviver recurses, but plain parsing does not. Such deep nesting is refused later because of its depth.
    if (error instanceof RangeError) return { kind: 'json', value: JSON.parse(text), replacedValues }
    return { kind: 'not-json', position: errorPosition(error, text) }
  }
}

/** Most texts have no such escape, which is found at once. */
function mayHoldUnstorableText(text: string): boolean {
  return text.includes('\\u') && unstorableEscape.test(text)
}

/**
 * A double holds 15 significant digits of any number in its range, so such numbers stay plain. Numbers that do not even fit
 * Postgres's numeric (131,072 digits before the point, 16,383 after) are kept as text.
 */
function keepExact(parsed: number, source: string | undefined): number | ExactNumber | string {
  if (source === undefined || /^-?\d{1,15}$/.test(source)) return parsed
  const [mantissa = '', exponent = '0'] = source.toLowerCase().split('e')
  const significantDigits = mantissa.replace(/\D/g, '').replace(/^0+/, '').length
  const inRange = Number.isFinite(parsed) && (parsed !== 0 || significantDigits === 0)
  if (inRange && significantDigits <= 15) return parsed
  return Math.abs(Number(exponent)) + mantissa.length > 16_000 ? source : JSON.rawJSON(source)
}

function withStorableKeys(parsed: unknown, replace: (text: string) => string): unknown {
  if (!isJsonObject(parsed)) return parsed
  if (Object.keys(parsed).every(isStorable)) return parsed
  const copy = emptyObject()
  // One count for each replaced key: searching a free name from the start would be quadratic in the number of keys.
  const counts = new Map<string, number>()
  for (const [key, value] of Object.entries(parsed)) {
    const storable = isStorable(key) ? key : freeKey(replace(key), parsed, copy, counts)
    copy[storable] = value
  }
  return copy
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** Keys that become the same get a number: `\uFFFD`, `\uFFFD2`, `\uFFFD3`. */
function freeKey(key: string, parsed: JsonObject, copy: JsonObject, counts: Map<string, number>): string {
  let count = counts.get(key) ?? 0
  let free: string
  do {
    count += 1
    free = count === 1 ? key : `${key}${count}`
  } while (free in copy || Object.hasOwn(parsed, free))
  counts.set(key, count)
  return free
}

/** V8's message quotes the text around the error, which may be personal data, so only the position is kept. */
function errorPosition(error: unknown, text: string): number | null {
  const named = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined
  return named === undefined ? findJsonBreak(text) : Number(named)
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return JSON.isRawJSON(value)
}

/** An object without a prototype: a key named `__proto__` is a key like any other. */
function emptyObject(): JsonObject {
  return Object.create(null) as JsonObject
}

/** `__proto__` is a key like any other. */
export function setKey(object: JsonObject, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true })
}
