import fc from 'fast-check'
import { expect, test } from 'vitest'
import { saysNothing } from './columns.ts'
import { mapSession } from './map-session.ts'
import { isJsonObject } from './parse-json.ts'
import { readDocuments } from './read-documents.ts'
import { readTime } from './times.ts'

const options = {
  seed: Number(process.env.FC_SEED ?? Date.now() % 2 ** 31),
  numRuns: Number(process.env.FC_RUNS ?? 300),
}
const context = {
  source: 'acme',
  objectLastModified: new Date('2026-03-24T00:00:00Z'),
  limits: { depthMax: 64, valuesMax: 200_000 },
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
  'call_id',
  'teams',
  'from_agent',
  'transfer_cold',
  'transfer_id',
]
const child = fc.dictionary(
  fc.oneof(fc.constantFrom(...childKeys), fc.string()),
  fc.oneof(fc.nat(5), anything),
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
        participants: fc.oneof(fc.array(fc.oneof(child, anything), { maxLength: 5 }), anything),
        transfers: fc.oneof(fc.array(child, { maxLength: 3 }), anything),
        handle_durations: fc.oneof(fc.array(child, { maxLength: 3 }), anything),
      },
      { requiredKeys: [] },
    ),
    fc.record({
      id: fc.nat(),
      call_type: fc.constant('Voice Inbound (IVR)'),
      created_at: time,
      status: leaf,
    }),
  )
  .map(([unknown, known, identity]) => ({ ...unknown, ...known, ...identity }))

function read(document: unknown) {
  return readDocuments({ key: 'x.json', bytes: Buffer.from(JSON.stringify(document)), bytesMax: 10_000_000 })
}

function mapAll(document: unknown) {
  const reading = read(document)
  return reading.kind === 'documents' ? reading.documents.map((one) => mapSession(one, context)) : []
}

test('reading and mapping never throw, whatever JSON comes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), sessionLike), (document) => void mapAll(document)),
    options,
  )
})

test('mapping is deterministic and the keys of rows are unique', () => {
  fc.assert(
    fc.property(sessionLike, (document) => {
      const [one] = mapAll(document)
      expect(mapAll(document)[0]).toEqual(one)
      if (one?.kind !== 'session') return
      for (const [table, id] of [
        ['call_participant', 'participant_id'],
        ['transfer', 'transfer_id'],
      ] as const) {
        const ids = one.session.rows[table].map((row) => row[id])
        expect(new Set(ids).size).toBe(ids.length)
      }
    }),
    options,
  )
})

test('I6 no leaf of a document is lost: each is in a column or in extra', () => {
  fc.assert(
    fc.property(sessionLike, (document) => {
      const reading = read(document)
      const [one] = mapAll(document)
      if (one?.kind !== 'session' || reading.kind !== 'documents') throw new Error('not mapped')
      const kept = countLeaves(Object.values(one.session.rows))
      for (const [leaf, sent] of countLeaves(reading.documents[0]?.document)) {
        const found =
          kept.has(leaf) || leaf.split('/').every((id) => kept.has(id)) || restates(document, leaf)
        expect(found, `${leaf} sent ${sent} times`).toBe(true)
      }
    }),
    options,
  )
})

/** A child's reference back to its own session is the one thing that is dropped: the row's key says it. */
function restates(document: { id: number }, leaf: string): boolean {
  return leaf === canonical(document.id)
}

function countLeaves(value: unknown, counts = new Map<string, number>()): Map<string, number> {
  if (Array.isArray(value)) for (const one of value) countLeaves(one, counts)
  else if (isJsonObject(value)) for (const one of Object.values(value)) countLeaves(one, counts)
  else if (!saysNothing(value) && value !== '') {
    const leaf = canonical(value)
    if (leaf !== '') counts.set(leaf, (counts.get(leaf) ?? 0) + 1)
  }
  return counts
}

/** The same for a value and for what its column makes of it: text trimmed, numbers as text, instants in UTC. */
function canonical(value: unknown): string {
  const text = JSON.isRawJSON(value) ? value.rawJSON : String(value).trim()
  const number = Number(text)
  if (text !== '' && Number.isFinite(number)) return String(number)
  if (text === 'true') return '1'
  if (text === 'false') return '0'
  return readTime(text)?.instant ?? text
}
