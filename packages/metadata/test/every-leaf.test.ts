import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { JsonObject } from '../src/read/parse-json.ts'
import { accountLeaves, lostLeaves } from './account-leaves.ts'
import { fixtureBytes, mapOne, type NamedSession, readSent } from './map-document.ts'

/** Faults that are not sessions, and one with a time that the oracle's `Date` cannot parse. */
const otherFaults = /F11-|F9-|F8-leap/
const files = ['real', 'synthetic', 'faults'].flatMap((folder) => {
  const place = new URL(`../../testkit/fixtures/${folder}/`, import.meta.url)
  return readdirSync(place)
    .filter((name) => !otherFaults.test(name))
    .map((name) => `${folder}/${name}`)
})

function read(file: string): { document: JsonObject; session: NamedSession } {
  const bytes = fixtureBytes(file)
  const reading = readSent(bytes)
  if (reading.kind !== 'documents') throw new Error(reading.kind)
  return { document: reading.documents[0]?.document ?? {}, session: mapOne(bytes) }
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  const values: unknown[] = Object.values(value)
  return values.length === 0 ? 1 : values.reduce((sum: number, child) => sum + countOf(child), 0)
}

test('there are documents to check: real ones, synthetic ones, and faults', () => {
  const folders = files.map((file) => file.split('/')[0])
  expect(folders.filter((folder) => folder !== 'faults')).toHaveLength(7)
  expect(folders.filter((folder) => folder === 'faults').length).toBeGreaterThanOrEqual(9)
})

test.each(files)('I6 every leaf of %s is in a column, in extra, or empty', (file) => {
  const { document, session } = read(file)
  expect(lostLeaves(accountLeaves(document, session))).toEqual([])
})

test.each(files)('every leaf of %s is visited once', (file) => {
  const { document, session } = read(file)
  const paths = accountLeaves(document, session).map(({ path }) => path)
  expect(new Set(paths).size).toBe(paths.length)
  expect(paths.length).toBe(countOf(document))
})

test.each([
  [
    'a column',
    (rows: NamedSession['rows']) => void delete rows.recording[0]?.duration_seconds,
    '$.recordings[0].duration',
  ],
  ['a key of extra', (rows: NamedSession['rows']) => void delete rows.session[0]?.extra, '$.voip_provider'],
  [
    'a row',
    (rows: NamedSession['rows']) => void rows.recording_redaction.pop(),
    '$.recordings[0].redaction_times[0].start',
  ],
  [
    'a wrong instant',
    (rows: NamedSession['rows']) =>
      void Object.assign(rows.offer_event[0] ?? {}, { casting_at: '2026-03-23T20:14:29.001000Z' }),
    '$.offer_events[0].casting_time',
  ],
  [
    'a row without an element',
    (rows: NamedSession['rows']) => void rows.media.push({ media_id: '1' }),
    'a row of media',
  ],
])('the account notices %s that is not as it was sent', (_what, spoil, path) => {
  const { document, session } = read('real/call-1418.json')
  spoil(session.rows)
  expect(lostLeaves(accountLeaves(document, session))).toContain(path)
})
