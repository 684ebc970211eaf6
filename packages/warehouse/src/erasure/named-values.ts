import { hash } from 'node:crypto'
import {
  type ErasedValue,
  normalContact,
  objectValue,
  sessionValue,
} from '@aftercall/metadata/erasure/erasure-digest'
import { type PersonalColumn, personalColumns } from '@aftercall/metadata/erasure/personal-columns'
import { copiedTables, rowsOf, type StorableSession } from '../copy/encode-session.ts'
import { rejectionsOf, type Settlement, sessionsOf } from '../load/settlement.ts'
import { digitsOf, idOf, readRows, textOf } from './encoded-fields.ts'
import { namedInContent } from './named-in-content.ts'

/** A personal column, with its place and that of its agent's id among the encoded fields. */
export type PlacedColumn = PersonalColumn & { name: string; at: number; agentAt: number | null }

/** For each table as it is encoded. */
export const placedColumns: readonly (readonly PlacedColumn[])[] = copiedTables.map(({ name, columns }) =>
  Object.entries(personalColumns[name]).map(([column, personal]) => ({
    ...personal,
    name: column,
    at: columns.indexOf(column),
    agentAt: personal.agent === undefined ? null : columns.indexOf(personal.agent),
  })),
)

const sessionAt = copiedTables.findIndex(({ name }) => name === 'session')
/** The keys that stand for a consumer, among the fields of a session. */
export const keyPlaces = ['customer_key', 'contact_key'].map(
  (name) => copiedTables[sessionAt]?.columns.indexOf(name) ?? -1,
)
export const objectKeyPlace = copiedTables[sessionAt]?.columns.indexOf('object_key') ?? -1

/** Everything that a settlement names and that may have been erased. */
export function namedInSettlement(settlement: Settlement): ErasedValue[] {
  const { object } = settlement
  const named = sessionsOf(settlement).flatMap(namedInSession)
  if (object !== null) named.push(objectNamed(object.source, object.bucket, object.key))
  for (const { source, content } of rejectionsOf(settlement))
    if (content !== null) named.push(contentNamed(source, content), ...namedInContent(source ?? '', content))
  return named
}

export function objectNamed(source: string | null, bucket: string, key: string): ErasedValue {
  return { kind: 'object', source: source ?? '', value: objectValue(bucket, key) }
}

export function contentNamed(source: string | null, content: Uint8Array): ErasedValue {
  return { kind: 'content', source: source ?? '', value: hash('sha256', content) }
}

export function sessionNamed({ key }: Pick<StorableSession, 'key'>): ErasedValue {
  return { kind: 'session', source: key.source, value: sessionValue(key.channel, key.sessionId) }
}

export function namedInSession(session: StorableSession): ErasedValue[] {
  const { source } = session.key
  const named: ErasedValue[] = [sessionNamed(session)]
  for (const [position, columns] of placedColumns.entries()) {
    const naming = columns.filter(({ holds }) => holds !== 'free' && holds !== 'detail')
    if (naming.length === 0 && position !== sessionAt) continue
    for (const row of readRows(rowsOf(session.rows, position))) {
      for (const { holds, at, agentAt } of naming) {
        const field = row[at]
        if (field === null || field === undefined) continue
        if (holds === 'consumer-id') named.push({ kind: 'customer', source, value: idOf(field) })
        else if (holds === 'agent-id') named.push({ kind: 'agent', source, value: idOf(field) })
        else if (agentAt === null || row[agentAt] === null) {
          const value = normalContact(textOf(field))
          if (value !== undefined) named.push({ kind: 'contact', source, value })
        }
      }
      if (position !== sessionAt) continue
      for (const place of keyPlaces) {
        const field = row[place]
        if (field) named.push({ kind: 'key', source, value: digitsOf(field) })
      }
    }
  }
  return named
}
