import { anyJson, sessionLikeDocument, soundDocument } from '@aftercall/testkit/arbitrary-document'
import { propertyOptions } from '@aftercall/testkit/fast-check-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accountLeaves, lostLeaves } from '../../test/account-leaves.ts'
import { type NamedSession, named } from '../../test/map-document.ts'
import type { JsonObject } from '../read/parse-json.ts'
import { readDocuments } from '../read/read-documents.ts'
import { childTables, tables } from '../tables/all-tables.ts'
import { recordingRedactionTable } from '../tables/recording-redaction.ts'
import type { ChildTableSpec } from '../tables/table-spec.ts'
import { mapSession } from './map-session.ts'

const context = {
  source: 'acme',
  objectLastModified: new Date('2026-03-24T00:00:00Z'),
  limits: { depthMax: 64, valuesMax: 200_000, rowsMax: 50_000 },
}

const time = fc
  .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2030-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().replace('Z', '-07:00'))
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  time,
)
const anything = fc.oneof(leaf, fc.jsonValue())
const knownKeys = [
  'ends_at',
  'ended_at',
  'rating',
  'wait_duration',
  'queue_duration',
  'status',
  'email',
  'parent_id',
  'feedback',
  'call_id',
]
const childKeys = [
  'id',
  'type',
  'user_id',
  'ended_at',
  'finished_at',
  'call_duration',
  'chat_duration',
  'call_id',
  'teams',
  'from_agent',
  'transfer_cold',
  'transfer_id',
  'virtual_agent_id',
]
const menu = fc.record({ id: fc.nat(9), name: leaf }, { requiredKeys: ['name'] })
/** Objects with the same value under two aliases, in either order (contract, section g, rule 7). */
const twoNames = fc
  .shuffledSubarray(['from_menu', 'from_menu_path', 'virtual_agent', 'from_menu_path_id'] as const)
  .chain((keys) =>
    fc.record(Object.fromEntries(keys.map((key) => [key, fc.oneof({ arbitrary: menu, weight: 4 }, leaf)]))),
  )
const child = fc
  .tuple(
    fc.dictionary(fc.oneof(fc.constantFrom(...childKeys), fc.string()), fc.oneof(fc.nat(5), anything)),
    twoNames,
    fc.record({ redaction_times: fc.array(anything, { maxLength: 3 }) }, { requiredKeys: [] }),
  )
  .map(([some, menus, redacted]) => ({ ...some, ...menus, ...redacted }))
const arrays = [...new Set(childTables.flatMap((table) => table.rowsFrom.map((from) => from.array)))]
/** Any of the arrays that become rows, with elements that may not be rows. */
const childArrays = fc.dictionary(
  fc.oneof(fc.constantFrom(...arrays), fc.constantFrom('transfers', 'escalations')),
  fc.oneof(fc.array(fc.oneof(child, child, anything), { maxLength: 4 }), anything),
  { maxKeys: 4 },
)
const sessionLike = fc
  .tuple(
    fc.dictionary(fc.oneof(fc.constantFrom(...knownKeys), fc.string()), anything),
    fc.record(
      {
        agent_info: fc.oneof(
          anything,
          fc.record({ id: leaf, name: leaf, va_alias: leaf, email: leaf }, { requiredKeys: [] }),
        ),
        selected_menu: fc.oneof(
          anything,
          fc.record({ id: leaf, name: leaf, hidden: leaf }, { requiredKeys: [] }),
        ),
        menu_path: fc.oneof(
          anything,
          fc.record({ name: leaf, materialized_path: fc.constantFrom('6/8', 'x', 8) }),
        ),
        virtual_agent: fc.oneof(anything, menu),
      },
      { requiredKeys: [] },
    ),
    fc.record({
      id: fc.nat(),
      call_type: fc.constant('Voice Inbound (IVR)'),
      created_at: time,
      status: leaf,
    }),
    childArrays,
  )
  .map(([unknown, known, identity, children]) => ({ ...unknown, ...known, ...children, ...identity }))
/** Built from scratch, or a session of the sample generator with something wrong in it. */
const document = fc.oneof(sessionLike, sessionLikeDocument())

type Found = { document: JsonObject; session: NamedSession }

function read(sent: unknown) {
  return readDocuments({ key: 'x.json', bytes: Buffer.from(JSON.stringify(sent)), bytesMax: 10_000_000 })
}

/** The sessions in the sent JSON. A document may have lost the keys that make it a session. */
function mapAll(sent: unknown): Found[] {
  const reading = read(sent)
  const documents = reading.kind === 'documents' ? reading.documents : []
  return documents.flatMap((found) => {
    const mapping = mapSession(found, context)
    return mapping.kind === 'session' ? [{ document: found.document, session: named(mapping.session) }] : []
  })
}

test('I5 reading and mapping never throw for any JSON', () => {
  const name = 'I5 reading and mapping never throw for any JSON'
  const anySent = fc.oneof(anyJson(), document, fc.array(document, { maxLength: 3 }))
  const survives = fc.property(anySent, (sent) => void mapAll(sent))
  fc.assert(survives, propertyOptions(name, 300))
})

test('a sound document is always a session', () => {
  const name = 'a sound document is always a session'
  const isSession = fc.property(soundDocument(), (sent) => {
    expect(mapAll(sent).map(({ session }) => session.key.sessionId)).toEqual([String(sent.id)])
  })
  fc.assert(isSession, propertyOptions(name, 100))
})

test('I2 mapping is deterministic', () => {
  const name = 'I2 mapping is deterministic'
  const same = fc.property(document, (sent) => {
    expect(mapAll(sent)).toEqual(mapAll(sent))
  })
  fc.assert(same, propertyOptions(name, 200))
})

test('the order of keys does not change the rows', () => {
  const name = 'the order of keys says nothing: rows are the same'
  const same = fc.property(document, (sent) => {
    const rows = (content: unknown) => mapAll(content).map(({ session }) => session.rows)
    expect(rows(backwards(sent))).toEqual(rows(sent))
  })
  fc.assert(same, propertyOptions(name, 200))
})

test('I3 within a session, the keys of every table’s rows are unique and complete', () => {
  const name = 'I3 within a session the keys of every table’s rows are unique and complete'
  const identified: ChildTableSpec[] = [...childTables, recordingRedactionTable]
  const unique = fc.property(document, (sent) => {
    for (const { session } of mapAll(sent)) {
      expect(session.rows.session.length).toBe(1)
      for (const table of identified) {
        const keys = session.rows[table.name].map((row) =>
          table.identifiedBy.map((part) => row[part] ?? null),
        )
        expect(keys.flat(), table.name).not.toContain(null)
        expect(new Set(keys.map((key) => JSON.stringify(key))).size, table.name).toBe(keys.length)
      }
    }
  })
  fc.assert(unique, propertyOptions(name, 300))
})

test('rows have only the columns of their table and its key', () => {
  const name = 'rows have the columns of their table and its key, and no other'
  const key = ['source', 'channel', 'session_id', 'session_created_at']
  const fits = fc.property(document, (sent) => {
    for (const { session } of mapAll(sent)) {
      for (const table of tables) {
        const columns = new Set([
          ...(table.name === 'session' ? [] : key),
          ...table.columns.map((column) => column.name),
        ])
        const strange = session.rows[table.name]
          .flatMap((row) => Object.keys(row))
          .filter((name) => !columns.has(name))
        expect(strange, table.name).toEqual([])
      }
    }
  })
  fc.assert(fits, propertyOptions(name, 200))
})

test('I6 no leaf of a document is lost: each is in a column or in extra of its own row', () => {
  const name = 'I6 no leaf of a document is lost: each is in a column or in extra of its own row'
  const kept = fc.property(document, (sent) => {
    for (const { document: found, session } of mapAll(sent)) {
      expect(lostLeaves(accountLeaves(found, session))).toEqual([])
    }
  })
  fc.assert(kept, propertyOptions(name, 400))
})

/** The same JSON with the keys of every object in reverse order. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards)
  if (typeof value !== 'object' || value === null) return value
  const entries: [string, unknown][] = Object.entries(value).map(([key, child]) => [key, backwards(child)])
  return Object.fromEntries(entries.toReversed())
}
