import { readdirSync, readFileSync } from 'node:fs'
import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planSamples, sampleSession } from '../src/sample-session.ts'
import { checkArithmetic } from './check/check-arithmetic.ts'

type Fields = Record<string, unknown>

const fixturesUrl = new URL('../../testkit/fixtures/', import.meta.url)
const read = (file: string): Fields => JSON.parse(readFileSync(new URL(file, fixturesUrl), 'utf8'))
const row = (document: Fields, array: string, index = 0) => (document[array] as Fields[])[index]!

describe.each(['real', 'synthetic'])('%s files', (folder) => {
  it.each(readdirSync(new URL(`${folder}/`, fixturesUrl)))('%s keeps every rule', (file) => {
    expect(checkArithmetic(read(`${folder}/${file}`))).toEqual([])
  })
})

it('every revision of every sample keeps every rule', () => {
  const seed = fc.oneof(fc.string(), fc.integer())
  // A new plan counts every session below the first one, so the first one is not large.
  const sound = fc.property(seed, fc.nat(10_000), (chosen, first) => {
    const plan = planSamples({ seed: chosen, days: 7, startAt: '2026-03-03' })
    for (let number = first; number < first + 10; number++) {
      for (const { document } of sampleSession(plan, number).revisions) {
        expect(checkArithmetic(document), `session ${number}`).toEqual([])
      }
    }
  })
  fc.assert(sound, propertyOptions(100))
})

const breakages: readonly (readonly [rule: string, file: string, change: (document: Fields) => void])[] = [
  [
    'wait_duration 28 is not the sum',
    'real/call-1418.json',
    (doc) => Object.assign(doc, { wait_duration: 28 }),
  ],
  [
    'hold_duration 6 is not the sum',
    'real/call-1418.json',
    (doc) => Object.assign(doc, { hold_duration: 6 }),
  ],
  [
    'states 33 s of talk',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'handle_durations'), { call_duration: 33 }),
  ],
  [
    'states 9 s of wrap-up',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'handle_durations', 1), { acw_duration: 9 }),
  ],
  [
    'without its talk row',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'handle_durations', 1), { agent_id: 6 }),
  ],
  [
    'holds longer',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'handle_durations'), { hold_duration: 90 }),
  ],
  [
    'after assignment, not 7 s',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'handle_durations'), { assigned_connection_duration: 7 }),
  ],
  [
    'queue_durations[0] states 8 s',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'queue_durations'), { queue_duration: 8 }),
  ],
  [
    'is in_sla after 18 of 10 s',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'queue_durations', 1), { service_level_target_time: 10 }),
  ],
  [
    'transfers[0] waited 17 s',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'transfers'), { wait_duration: 17 }),
  ],
  [
    'transfers[0] lasted 88 s',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'transfers'), { call_duration: 88 }),
  ],
  [
    'participants has an id twice',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'participants', 1), { id: 2915 }),
  ],
  [
    'names no transfer',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'queue_durations', 1), { transfer_id: 99 }),
  ],
  [
    'names no participant',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'dispositions'), { participant_id: 1 }),
  ],
  [
    'by another agent',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'dispositions'), { participant_id: 2915 }),
  ],
  ['belongs to another session', 'real/call-1418.json', (doc) => Object.assign(doc, { id: 1419 })],
  [
    'not the leaf',
    'real/call-1418.json',
    (doc) => Object.assign(doc, { menu_path: { materialized_path: '8/6', items_count: 2 } }),
  ],
  [
    'updated_at is before ends_at',
    'real/call-1418.json',
    (doc) => Object.assign(doc, { updated_at: '2026-03-23T13:16:45.000-07:00' }),
  ],
  [
    'not written as a local time',
    'real/call-1418.json',
    (doc) => Object.assign(doc, { queued_at: '2026-03-23T20:14:28Z' }),
  ],
  ['rating without a survey', 'real/chat-135.json', (doc) => Object.assign(doc, { rating: 5 })],
  [
    'feedback and has_feedback disagree',
    'real/chat-135.json',
    (doc) => Object.assign(doc, { has_feedback: true }),
  ],
  [
    'averages 17 s',
    'synthetic/chat-9120.json',
    (doc) => Object.assign(row(doc, 'handle_durations'), { response_time_avg: '17.0' }),
  ],
  [
    'consumer handle of',
    'real/call-1418.json',
    (doc) => Object.assign(row(doc, 'participants'), { call_duration: 240 }),
  ],
  ['names no escalation', 'synthetic/call-51977.json', (doc) => Object.assign(doc, { escalations: [] })],
]

it.each(breakages)('a broken rule is reported: %s', (violation, file, change) => {
  const document = read(file)
  change(document)
  expect(checkArithmetic(document).join('\n')).toContain(violation)
})

it('a document of any other shape breaks only the rules it can break', () => {
  expect(checkArithmetic({})).toEqual(['created_at is not a time', 'updated_at is not a time'])
})
