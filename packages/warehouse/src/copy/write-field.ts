import type { ColumnKind, ColumnValue } from '@aftercall/metadata/tables/columns'
import {
  type ByteWriter,
  putInt32,
  reserve,
  UnwritableValueError,
  writeBigInt64,
  writeBytes,
  writeInt16,
  writeInt32,
  writeInt64,
  writeText,
} from './byte-writer.ts'
import { writeNumeric } from './write-numeric.ts'

/**
 * The kinds of fields in a `COPY … (format binary)`: one for every kind of column that documents fill, and two of our
 * own.
 */
export type FieldKind = ColumnKind | 'json-text' | 'bytea'

export type FieldValue = ColumnValue | Uint8Array | undefined

/**
 * One field in Postgres's binary form: its length in bytes, then what the type's receive function reads
 * (https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"). Null and undefined are null.
 */
export function writeField(out: ByteWriter, kind: FieldKind, value: FieldValue): void {
  reserve(out, fieldBytes)
  if (value === null || value === undefined) writeInt32(out, -1)
  else writeValue(out, writers[kind], value)
}

/** Room for any value of fixed size, with its length. Other values reserve their own. */
const fieldBytes = 24

function writeValue(out: ByteWriter, write: Write, value: Sent): void {
  const lengthAt = out.at
  out.at += 4
  write(out, value)
  putInt32(out, lengthAt, out.at - lengthAt - 4)
}

/** The function that writes the values of a column, looked up once. */
export function writerOf(kind: FieldKind): Write {
  return writers[kind]
}

/** `writeField` for all values of a row. Most values of most rows are null. */
export function writeFields(out: ByteWriter, columns: readonly Write[], row: readonly FieldValue[]): void {
  const rowBytes = columns.length * fieldBytes
  reserve(out, rowBytes)
  for (let place = 0; place < columns.length; place += 1) {
    const value = row[place]
    const write = columns[place]
    if (value === null || value === undefined || write === undefined) {
      writeInt32(out, -1)
    } else {
      writeValue(out, write, value)
      // Reserved after a value of variable size, not before it: the nulls that follow need room, too.
      reserve(out, rowBytes)
    }
  }
}

type Sent = Exclude<FieldValue, null | undefined>
export type Write = (out: ByteWriter, value: Sent) => void

const writers: Record<FieldKind, Write> = {
  text: writeString,
  'loose-text': writeString,
  word: writeString,
  'json-text': writeJsonText,
  id: (out, value) => writeId(out, value),
  'session-id': (out, value) => writeId(out, value),
  integer: writeInteger,
  numeric: writeNumeric,
  boolean: writeBoolean,
  time: writeInstant,
  'local-time': writeInstant,
  uuid: writeUuid,
  json: writeJsonb,
  'id-path': writeIds,
  bytea: writeBytea,
}

function writeString(out: ByteWriter, value: Sent): void {
  if (typeof value !== 'string') throw new UnwritableValueError('text')
  writeText(out, value)
}

function writeJsonText(out: ByteWriter, value: Sent): void {
  if (value instanceof Uint8Array) writeBytes(out, value)
  else writeString(out, value)
}

function writeInteger(out: ByteWriter, value: Sent): void {
  if (typeof value !== 'number' || (value | 0) !== value) throw new UnwritableValueError('integer')
  writeInt32(out, value)
}

function writeBoolean(out: ByteWriter, value: Sent): void {
  if (typeof value !== 'boolean') throw new UnwritableValueError('boolean')
  out.buffer[out.at] = value ? 1 : 0
  out.at += 1
}

/** A double is exact up to this number of digits. */
const exactDigits = 15
const wholeNumber = /^-?\d{1,19}$/

function writeId(out: ByteWriter, digits: unknown): void {
  if (typeof digits === 'number' && Number.isSafeInteger(digits)) {
    writeInt64(out, digits)
    return
  }
  if (typeof digits !== 'string' || !wholeNumber.test(digits)) throw new UnwritableValueError('bigint')
  if (digits.length <= exactDigits) writeInt64(out, Number(digits))
  else writeBigInt64(out, BigInt(digits))
}

const jsonbVersion = 1

function writeJsonb(out: ByteWriter, value: Sent): void {
  out.buffer[out.at] = jsonbVersion
  out.at += 1
  writeText(out, JSON.stringify(value))
}

/** The oid of `bigint`; it is the same in every Postgres. */
const bigintOid = 20

function writeIds(out: ByteWriter, value: Sent): void {
  if (!Array.isArray(value)) throw new UnwritableValueError('bigint[]')
  reserve(out, 20 + value.length * 12)
  writeInt32(out, value.length === 0 ? 0 : 1)
  writeInt32(out, 0)
  writeInt32(out, bigintOid)
  if (value.length === 0) return
  writeInt32(out, value.length)
  writeInt32(out, 1)
  for (const id of value) {
    writeInt32(out, 8)
    writeId(out, id)
  }
}

function writeBytea(out: ByteWriter, value: Sent): void {
  if (!(value instanceof Uint8Array)) throw new UnwritableValueError('bytea')
  writeBytes(out, value)
}

const uuidLength = 36
/** Where each group of digits ends, before its hyphen. */
const uuidGroups = [8, 13, 18, 23, uuidLength]

function writeUuid(out: ByteWriter, value: Sent): void {
  if (typeof value !== 'string' || value.length !== uuidLength) throw new UnwritableValueError('uuid')
  let at = 0
  for (const end of uuidGroups) {
    for (; at < end; at += 2) {
      const byte = hexDigit(value.charCodeAt(at)) * 16 + hexDigit(value.charCodeAt(at + 1))
      if (!(byte >= 0)) throw new UnwritableValueError('uuid')
      out.buffer[out.at] = byte
      out.at += 1
    }
    at += 1
  }
}

/** NaN if it is none. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 97 && code <= 102 ? code - 87 : Number.NaN
}

const microsOfDay = 86_400_000_000
/** Days from 1970 to 2000, where Postgres starts to count. */
const daysTo2000 = 10_957
/** For this many days before and after 2000, a double holds microseconds exactly. */
const exactDays = 100_000
const microsTo2000 = daysTo2000 * microsOfDay
const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/

/** Microseconds since 1970, or an instant of the metadata's fixed form, `2026-03-23T20:12:51.000000Z`. */
function writeInstant(out: ByteWriter, value: Sent): void {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    writeInt64(out, value - microsTo2000)
    return
  }
  if (typeof value !== 'string' || !instantForm.test(value)) throw new UnwritableValueError('timestamptz')
  const days = daysSince1970(value) - daysTo2000
  const seconds = (twoDigits(value, 11) * 60 + twoDigits(value, 14)) * 60 + twoDigits(value, 17)
  const fraction = (twoDigits(value, 20) * 100 + twoDigits(value, 22)) * 100 + twoDigits(value, 24)
  const micros = seconds * 1_000_000 + fraction
  if (Math.abs(days) < exactDays) writeInt64(out, days * microsOfDay + micros)
  else writeBigInt64(out, BigInt(days) * BigInt(microsOfDay) + BigInt(micros))
}

/** In the proleptic Gregorian calendar, with years that begin in March, so that a leap day ends the year. */
function daysSince1970(date: string): number {
  const month = twoDigits(date, 5)
  const year = twoDigits(date, 0) * 100 + twoDigits(date, 2) - (month <= 2 ? 1 : 0)
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + twoDigits(date, 8) - 1
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
  return year * 365 + leapDays + dayOfYear - 719_468
}

function twoDigits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528
}

/** The number of fields comes before the fields of each row. */
export function startRow(out: ByteWriter, fields: number): void {
  reserve(out, 2)
  writeInt16(out, fields)
}
