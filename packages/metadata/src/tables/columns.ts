import { isExactNumber, isJsonObject } from '../read/parse-json.ts'
import type { Channel } from '../read/session-type.ts'
import { type Moment, readPlatformMoment, type TimeReader } from '../times/times.ts'

/** The kind of a column: decides its Postgres type, and how a JSON value is converted. */
export type ColumnKind =
  | 'text'
  | 'loose-text'
  | 'word'
  | 'id'
  | 'session-id'
  | 'integer'
  | 'numeric'
  | 'boolean'
  | 'time'
  | 'local-time'
  | 'uuid'
  | 'json'
  | 'id-path'

/** Kinds of columns that a document's values fill. The others are only computed. */
export type SourcedKind = Exclude<ColumnKind, 'local-time' | 'uuid'>

/** A value ready for the database. Ids, instants, and numbers that a double cannot hold exactly are text. */
export type ColumnValue = string | number | boolean | string[] | object | null

export const postgresType: Record<ColumnKind, string> = {
  text: 'text',
  'loose-text': 'text',
  word: 'text',
  id: 'bigint',
  'session-id': 'bigint',
  integer: 'integer',
  numeric: 'numeric',
  boolean: 'boolean',
  time: 'timestamptz',
  'local-time': 'timestamp',
  uuid: 'uuid',
  json: 'jsonb',
  'id-path': 'bigint[]',
}

/** The column cannot hold the value. The mapping then keeps it in `extra`, as sent. */
export const unreadable: unique symbol = Symbol('unreadable')

export type ReadContext = {
  /** Channel of the document. */
  channel: Channel
  readTime: TimeReader
  /** Called for each time without an offset (contract, section g, rule 10). */
  onTimeWithoutOffset(): void
}

/** For columns that are neither times nor session ids. */
export const noTimes: ReadContext = {
  channel: 'call',
  readTime: () => undefined,
  onTimeWithoutOffset: () => {},
}

export type ColumnReader = (value: unknown, context: ReadContext) => ColumnValue | typeof unreadable

/**
 * One reader per kind. `null` means no value. Readers never throw, and accept only values that they can hold without loss
 * (contract, section g, rules 6, 8, 10, 11, 12, 19).
 */
export const readColumn: Record<SourcedKind, ColumnReader> = {
  text: readText,
  'loose-text': readLooseText,
  word: readWord,
  id: readId,
  'session-id': readSessionId,
  integer: readInteger,
  numeric: readNumeric,
  boolean: readBoolean,
  time: readInstant,
  json: (value) => (value === undefined ? null : (value as ColumnValue)),
  'id-path': readIdPath,
}

/**
 * Reads a value, or the only element of a list in place of a single value: some exporters write every value as a list.
 */
export function readValue(
  read: ColumnReader,
  value: unknown,
  context: ReadContext,
): ColumnValue | typeof unreadable {
  const found = read(value, context)
  return found === unreadable ? readOnly(read, value, context) : found
}

function readOnly(read: ColumnReader, value: unknown, context: ReadContext): ColumnValue | typeof unreadable {
  const only = onlyOf(value)
  return only === value ? unreadable : read(only, context)
}

/** The only element of a list; any other value as it is. */
export function onlyOf(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value
}

function readText(value: unknown): string | null | typeof unreadable {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return isExactNumber(value) ? value.rawJSON : unreadable
}

/** Text with an undocumented shape: a list or an object stays in its column, as JSON (contract, g rule 19). */
function readLooseText(value: unknown): string | null | typeof unreadable {
  const text = readText(value)
  if (text === unreadable) return JSON.stringify(value, sortKeys)
  return text === null || text.trim() === '' ? null : text
}

/** The same object always gives the same text, for any order of its keys. */
function sortKeys(_key: string, value: unknown): unknown {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** A term of an open vocabulary, trimmed. */
function readWord(value: unknown): string | null | typeof unreadable {
  const text = readText(value)
  if (typeof text !== 'string') return text
  const word = text.trim()
  return word === '' ? null : word
}

export const int4Max = 2_147_483_647
export const int8Max = 2n ** 63n - 1n

/** A number if it is exact, otherwise text, so that each id has one form. */
function readId(value: unknown): number | string | null | typeof unreadable {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0
  const digits = wholeDigits(value)
  if (digits === null || digits === unreadable) return digits
  const near = Number(digits)
  if (Number.isSafeInteger(near)) return near + 0
  const id = BigInt(digits)
  return id <= int8Max && id >= -int8Max ? id.toString() : unreadable
}

/** A session id, also in the form of the platform's event logs: `call_123` (contract, h.2). */
function readSessionId(value: unknown, { channel }: ReadContext): ReturnType<typeof readId> {
  return readId(typeof value === 'string' ? value.replace(channelBefore[channel], '') : value)
}

const channelBefore: Record<Channel, RegExp> = {
  call: /^\s*call[_-](?=\d)/i,
  chat: /^\s*chat[_-](?=\d)/i,
}

function readInteger(value: unknown): number | null | typeof unreadable {
  // `-0` plus 0 is 0.
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= int4Max) return value + 0
  const digits = wholeDigits(value)
  if (digits === null || digits === unreadable) return digits
  const integer = Number(digits) + 0
  return Math.abs(integer) <= int4Max ? integer : unreadable
}

/**
 * The digits of a whole number, also of `"12"`, `12.0`, `"12.0"`, and `"1.2e1"`. Empty text means no value. Thousands separators
 * are not accepted: in some countries `1,234` is 1.234.
 */
function wholeDigits(value: unknown): string | null | typeof unreadable {
  const text = typeof value === 'boolean' ? unreadable : readWord(value)
  if (text === null || text === unreadable) return text
  return /^([+-]?\d{1,19})(?:\.0{1,20})?$/.exec(text)?.[1] ?? wholeOfExponent(text)
}

/** A double distinguishes numbers of up to 15 significant digits, so such a number is whole if its double is. */
function wholeOfExponent(text: string): string | typeof unreadable {
  if (text.length > 24 || !/e/i.test(text) || !decimal.test(text)) return unreadable
  if (text.replace(/e.*$/i, '').replace(/\D/g, '').length > 15) return unreadable
  const number = Number(text)
  return Number.isSafeInteger(number) ? String(number + 0) : unreadable
}

const decimal = /^[+-]?\d{1,60}(?:\.\d{1,60})?(?:[eE][+-]?\d{1,2})?$/

/** A number, or its text: decimal digits, with optional sign, point, and exponent. */
function readNumeric(value: unknown): string | number | null | typeof unreadable {
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0
  const text = typeof value === 'boolean' ? unreadable : readWord(value)
  if (text === null || text === unreadable) return text
  return decimal.test(text) ? text : unreadable
}

/** `true`, `false`, `1`, and `0`, as JSON values or as text in any case. */
function readBoolean(value: unknown): boolean | null | typeof unreadable {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean') return value
  const text = readWord(value)
  if (text === null || text === unreadable) return text
  if (text === '1' || (text.length === 4 && text.toLowerCase() === 'true')) return true
  return text === '0' || (text.length === 5 && text.toLowerCase() === 'false') ? false : unreadable
}

function readInstant(value: unknown, context: ReadContext): Moment | null | typeof unreadable {
  if (value === null || value === undefined) return null
  if (typeof value !== 'string') return unreadable
  const moment = readPlatformMoment(value)
  if (moment !== undefined) return moment
  if (value.trim() === '') return null
  const time = context.readTime(value)
  if (time === undefined) return unreadable
  if (!time.hadOffset) context.onTimeWithoutOffset()
  return time.instant
}

/** A path of menu ids, `"6/8"` or a list, as an array (contract, section b.1, `materialized_path`). */
function readIdPath(value: unknown): string[] | null | typeof unreadable {
  if (Array.isArray(value)) return readIds(value)
  const text = readWord(value)
  return text === null || text === unreadable ? text : readIds(text.split('/'))
}

function readIds(parts: readonly unknown[]): string[] | typeof unreadable {
  const ids = parts.map((part) => readId(part))
  return ids.some((id) => id === null || id === unreadable) ? unreadable : ids.map(String)
}

/** True for a value without content: absent, `null`, `[]`, `{}` (contract, section g, rule 6). */
export function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object') return value === undefined
  if (value === null) return true
  if (Array.isArray(value)) return value.length === 0
  for (const _key in value) return false
  return true
}
