import { readFileSync } from 'node:fs'
import type { MappingSettings } from '../src/identity/mapping-settings.ts'
import { type MappedSession, type Mapping, mapSession } from '../src/map/map-session.ts'
import { type NamedRows, nameRows } from '../src/map/name-rows.ts'
import type { JsonObject } from '../src/read/parse-json.ts'
import { type ReadResult, readDocuments } from '../src/read/read-documents.ts'
import { tables } from '../src/tables/all-tables.ts'

const objectLastModified = new Date('2026-03-23T20:17:02.000Z')
const limits = { depthMax: 64, valuesMax: 200_000, rowsMax: 90_000 }

export type Sending = {
  key?: string
  timeZone?: string
  source?: string
  objectLastModified?: Date
  settings?: MappingSettings
}

/** Converts a value to JSON. Text and bytes are not converted. */
export function readSent(sent: unknown, key = 'metadata/metadata-7.json'): ReadResult {
  const bytes = sent instanceof Uint8Array ? sent : Buffer.from(textOf(sent))
  return readDocuments({ key, bytes, bytesMax: 10_000_000 })
}

/** Maps every document of the sent content. Throws if there are none. */
export function mapEach(sent: unknown, sending: Sending = {}): Mapping[] {
  const reading = readSent(sent, sending.key)
  if (reading.kind !== 'documents') throw new Error(`no documents: ${JSON.stringify(reading)}`)
  const { key: _, ...context } = sending
  return reading.documents.map((found) =>
    mapSession(found, { source: 'acme', objectLastModified, limits, ...context }),
  )
}

export type NamedSession = Omit<MappedSession, 'rows'> & { rows: NamedRows }

export function named(session: MappedSession): NamedSession {
  return { ...session, rows: nameRows(session) }
}

/** The single session of the sent content. */
export function mapOne(sent: unknown, sending: Sending = {}): NamedSession {
  const [mapping, ...more] = mapEach(sent, sending)
  if (mapping?.kind !== 'session' || more.length > 0)
    throw new Error(`no session: ${JSON.stringify(mapping)}`)
  return named(mapping.session)
}

/** The rows without the columns that are derived from the whole document, which come after `extra` in every table. */
export function withoutFacts({ rows }: NamedSession): NamedRows {
  const named = tables.map((table) => {
    const names = table.columns.map(({ name }) => name)
    const derived = new Set(names.slice(names.indexOf('extra') + 1))
    const own = rows[table.name].map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !derived.has(name))),
    )
    return [table.name, own]
  })
  return Object.fromEntries(named) as NamedRows
}

/** The only row of the session table. */
export function sessionRow(sent: unknown, sending: Sending = {}) {
  const [row, ...more] = mapOne(sent, sending).rows.session
  if (row === undefined || more.length > 0) throw new Error('not one session row')
  return row
}

/** A document of `packages/testkit/fixtures`: `real/call-1418.json`. */
export function fixtureBytes(file: string): Buffer {
  return readFileSync(new URL(`../../testkit/fixtures/${file}`, import.meta.url))
}

/** A minimal call, plus the given fields. */
export function call(more: JsonObject = {}): JsonObject {
  const least = { id: 7, call_type: 'Voice Inbound (IVR)', status: 'finished' }
  return { ...least, created_at: '2026-03-23T13:12:51.000-07:00', ...more }
}

export function chat(more: JsonObject = {}): JsonObject {
  const least = { id: 7, chat_type: 'Messaging Inbound (Web Chat)', status: 'finished' }
  return { ...least, created_at: '2026-03-23T13:12:51.000-07:00', ...more }
}

/** A call as text with raw `members`, for JSON that has no value in JavaScript. */
export function callText(members: string): string {
  return `${JSON.stringify(call()).slice(0, -1)},${members}}`
}

function textOf(sent: unknown): string {
  return typeof sent === 'string' ? sent : JSON.stringify(sent)
}
