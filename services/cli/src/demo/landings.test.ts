import { planHistory } from '@aftercall/samples/sample-history'
import { expect, test } from 'vitest'
import type { Landing } from './due-file.ts'
import { expecting, expectNothing } from './expected.ts'
import { composeLandings, trickleMs } from './landings.ts'
import { createLiveClock } from './live-clock.ts'
import { splitAt } from './split-at.ts'

const beginsAt = new Date('2026-11-30T10:00:00Z')
const from = new Date('2026-11-30T09:29:00Z')
const playMs = 5_000
const sessions = 120

function play() {
  const plan = planHistory({ seed: 'play', sessions: 200, days: 3, until: from })
  const clock = createLiveClock({ from, beginsAt, playMs })
  const late = [{ number: 7, revision: 0, exportedAt: new Date('2026-11-30T09:45:00Z') }]
  const { before, after } = splitAt(composeLandings({ plan, clock, first: 200, sessions, late }), playMs)
  const expected = expectNothing()
  return { played: [...expecting(expected, before)], expected, after }
}

const { played, expected, after } = play()
const trickled = Array.from({ length: 800 }, () => after.next().value as Landing)
const documentOf = ({ bytes }: Landing) => JSON.parse(Buffer.from(bytes).toString())

test('files land in order of time', () => {
  const times = [...played, ...trickled].map(({ atMs }) => atMs)
  expect(times).toEqual(times.toSorted((one, other) => one - other))
})

test('no file is from the future when it lands', () => {
  for (const landing of [...played, ...trickled]) {
    if (landing.end !== 'loaded') continue
    const landsAt = beginsAt.getTime() + landing.atMs
    expect(Date.parse(documentOf(landing).updated_at)).toBeLessThanOrEqual(landsAt)
  }
})

test('every session of the play lands before it has caught up, and some files of earlier sessions', () => {
  expect(expected.sessions.size).toBe(sessions + 1)
  const last = Math.max(...played.map(({ atMs }) => atMs))
  expect(last).toBeGreaterThan(playMs * 0.9)
  expect(last).toBeLessThanOrEqual(playMs)
})

test('what is expected of a session is its newest revision that has landed', () => {
  for (const { source, channel, sessionId, updatedAt } of expected.sessions.values()) {
    const own = played.flatMap((landing) =>
      landing.end === 'loaded' &&
      landing.session.source === source &&
      landing.session.channel === channel &&
      landing.session.sessionId === sessionId
        ? [Date.parse(documentOf(landing).updated_at)]
        : [],
    )
    expect(Date.parse(String(updatedAt))).toBe(Math.max(...own))
  }
})

test('the play has rewritten, copied, late, and broken files, and one document with news', () => {
  const loaded = played.filter(({ end }) => end === 'loaded')
  const keys = new Set(loaded.map(({ key }) => key))
  expect(keys.size).toBeLessThan(loaded.length)
  expect(loaded.some(({ key }) => key.includes('/copied-0/'))).toBe(true)
  expect(expected.rejectedKeys.size).toBeGreaterThan(0)
  expect(expected.ignoredKeys.size).toBeGreaterThan(0)
  const news = loaded.map(documentOf).filter((document) => 'demo_field_without_a_column' in document)
  expect(new Set(news.map(({ id }) => id)).size).toBe(1)
})

test('most sessions of the play end now, and those before have their rewritten file', () => {
  const ages = played.flatMap((landing) =>
    landing.end === 'loaded' && landing.session.revision === 0 && documentOf(landing).ends_at !== null
      ? [(beginsAt.getTime() + landing.atMs - Date.parse(documentOf(landing).ends_at)) / 1_000]
      : [],
  )
  const now = ages.filter((seconds) => seconds <= 21)
  expect(now.length / ages.length).toBeGreaterThan(0.6)
  const rewritten = played.filter((landing) => landing.end === 'loaded' && landing.session.revision > 0)
  expect(rewritten.length).toBeGreaterThan(8)
})

test('after it has caught up sessions end more and more slowly, some 140 in the first hour, and earlier files are rewritten', () => {
  const firsts = trickled.filter((landing) => landing.end === 'loaded' && landing.session.revision === 0)
  const afterMs = firsts.map(({ atMs }) => atMs - playMs)
  const within = (fromMs: number, toMs: number) => afterMs.filter((ms) => ms > fromMs && ms <= toMs).length
  expect(within(-1_000, 10_000)).toBeGreaterThanOrEqual(3)
  expect(within(-1_000, 3_600_000)).toBeGreaterThan(125)
  expect(within(-1_000, 3_600_000)).toBeLessThan(155)
  expect(within(3_600_000, 7_200_000)).toBeCloseTo(3_600_000 / trickleMs.last, -1)
  expect(trickled.length - firsts.length).toBeGreaterThan(100)
  expect(trickled.every(({ end }) => end === 'loaded')).toBe(true)
})

test('the same time gives the same files', () => {
  expect(play().played).toEqual(played)
})
