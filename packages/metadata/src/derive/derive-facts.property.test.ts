import { sessionLikeDocument, soundDocument } from '@aftercall/testkit/arbitrary-document'
import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { named } from '../../test/map-document.ts'
import { mapSession } from '../map/map-session.ts'
import type { NamedRow, NamedRows } from '../map/name-rows.ts'
import { readDocuments } from '../read/read-documents.ts'

const context = {
  source: 'acme',
  objectLastModified: new Date('2026-03-24T00:00:00Z'),
  limits: { depthMax: 64, valuesMax: 200_000, rowsMax: 50_000 },
}

/** The rows of the session in a document; none if something is wrong with what makes it one. */
function mapAll(sent: unknown): NamedRows[] {
  const reading = readDocuments({
    key: 'x.json',
    bytes: Buffer.from(JSON.stringify(sent)),
    bytesMax: 10_000_000,
  })
  if (reading.kind !== 'documents') return []
  return reading.documents.flatMap((found) => {
    const mapping = mapSession(found, context)
    return mapping.kind === 'session' ? [named(mapping.session).rows] : []
  })
}

const document = fc.oneof(soundDocument(), sessionLikeDocument())
const hasQueue = (row: NamedRow) => row.menu_path_id !== undefined && row.menu_path_id !== null
const sum = (rows: NamedRow[], column: string) => rows.reduce((total, row) => total + Number(row[column]), 0)

function holds(check: (rows: NamedRows) => void, counts: { quick: number; thorough: number }): void {
  fc.assert(
    fc.property(document, (sent) => mapAll(sent).forEach(check)),
    propertyOptions(counts),
  )
}

const outcomes = {
  session:
    /^(open|handled|self_served|voicemail|deflected|abandoned_in_(menu|queue)|abandoned_with_virtual_agent|no_contact|canceled|expired|failed)$/,
  entry: /^(answered|abandoned|open|canceled|returned|deflected|failed)$/,
  virtualAgent: /^(resolved|escalated_(answered|abandoned|deflected|other)|left|failed)$/,
}

test('every session, every entry and every handling by a virtual agent has exactly one outcome', () => {
  holds(
    ({ session, queue_duration, virtual_agent_handle_duration }) => {
      expect(session[0]?.outcome).toMatch(outcomes.session)
      for (const row of queue_duration) {
        if (hasQueue(row)) expect(row.outcome).toMatch(outcomes.entry)
        else expect(row.outcome).toBeUndefined()
      }
      for (const row of virtual_agent_handle_duration) {
        if (row.outcome !== null) expect(row.outcome).toMatch(outcomes.virtualAgent)
        else expect(session[0]?.outcome).toBe('open')
      }
    },
    { quick: 100, thorough: 600 },
  )
})

test('of the entries of a session one is first and one is last, and its counts are those of its rows', () => {
  holds(
    ({ session, queue_duration }) => {
      const entries = queue_duration.filter(hasQueue)
      const wanted = Math.min(entries.length, 1)
      expect(entries.filter((row) => row.is_first === true).length).toBe(wanted)
      expect(entries.filter((row) => row.is_last === true).length).toBe(wanted)
      expect([entries.length, null]).toContain(session[0]?.queue_entries)
      const judged = entries.filter((row) =>
        ['in_sla', 'not_in_sla'].includes(String(row.service_level_event)),
      )
      expect(judged.length).toBeLessThanOrEqual(entries.length)
      const first = entries.find((row) => row.is_first === true)
      expect(session[0]?.first_menu_path_id).toBe(first?.menu_path_id)
      for (const row of entries) {
        if (row.is_short_abandon === true) expect(row.outcome).toBe('abandoned')
      }
    },
    { quick: 100, thorough: 600 },
  )
})

test('talk, hold, wrap-up and before-call work of all interactions are the handle time of the session', () => {
  holds(
    ({ session, handle_duration }) => {
      const summed = handle_duration.filter((row) => row.interaction_talk_seconds !== undefined)
      const handleSeconds = session[0]?.handle_seconds ?? null
      // A negative hold makes null of talk, and of nothing else.
      if (handleSeconds === null || summed.some((row) => row.interaction_talk_seconds === null)) return
      const parts = ['talk', 'hold', 'acw', 'bcw'].map((part) => sum(summed, `interaction_${part}_seconds`))
      expect(parts.reduce((total, part) => total + part, 0)).toBe(handleSeconds)
    },
    { quick: 100, thorough: 600 },
  )
})

test('an interaction is counted once, for any number of its rows, and a barge never', () => {
  holds(
    ({ session, handle_duration }) => {
      const counted = handle_duration.filter((row) => row.counts_as_handled === true)
      const keys = counted.map((row) => `${row.agent_id}/${row.transfer_id}`)
      expect(new Set(keys).size).toBe(keys.length)
      expect(counted.filter((row) => row.kind !== 'talk')).toEqual([])
      expect([counted.length, null]).toContain(session[0]?.handled_interactions)
      const talks = handle_duration.filter((row) => row.kind === 'talk')
      const own = new Set(talks.map((row) => `${row.agent_id}/${row.transfer_id}`))
      expect(new Set(keys)).toEqual(own)
    },
    { quick: 100, thorough: 600 },
  )
})

test('the order of rows in their arrays changes no fact', () => {
  const turn = (value: unknown): unknown => (Array.isArray(value) ? value.toReversed() : value)
  const arrays = ['queue_durations', 'handle_durations', 'transfers', 'virtual_agent_handle_durations']
  const same = fc.property(soundDocument(), (sent) => {
    const turned = Object.fromEntries(
      Object.entries(sent).map(([key, value]) => [key, arrays.includes(key) ? turn(value) : value]),
    )
    const sorted = (rows: NamedRow[]) => rows.map((row) => JSON.stringify(row)).sort()
    for (const table of ['session', 'queue_duration', 'handle_duration', 'transfer'] as const) {
      expect(mapAll(turned).map((rows) => sorted(rows[table]))).toEqual(
        mapAll(sent).map((rows) => sorted(rows[table])),
      )
    }
  })
  fc.assert(same, propertyOptions({ quick: 50, thorough: 300 }))
})
