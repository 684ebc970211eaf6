import { expect, it } from 'vitest'
import type { SampleSession } from './make-sample.ts'
import { planSamples, sampleSession, writeDocument } from './sample-session.ts'
import { sampleSessions } from './sample-stream.ts'
import { callKinds, chatKinds } from './session-kind.ts'
import { builtInTenants } from './tenants/built-in-tenants.ts'

const sessionCount = [...sampleSessions({ seed: 'stream', sessions: 4_000 })]
const newest = (session: SampleSession) => session.revisions.at(-1)!.document

it('the same seed gives the same bytes', () => {
  const bytes = () => {
    const texts = []
    for (const { revisions } of sampleSessions({ seed: 'twice', sessions: 200 })) {
      for (const { document, exportedAt, key } of revisions)
        texts.push(writeDocument(document), +exportedAt, key)
    }
    return texts
  }
  expect(bytes()).toEqual(bytes())
})

it('a session depends only on seed and number, so a stream can be split', () => {
  const whole = [...sampleSessions({ seed: 'split', sessions: 60 })]
  const parts = [
    ...sampleSessions({ seed: 'split', sessions: 23 }),
    ...sampleSessions({ seed: 'split', sessions: 37, from: 23 }),
  ]
  expect(parts).toEqual(whole)
  expect(sampleSession(planSamples({ seed: 'split' }), 41)).toEqual(whole[41])
})

it('session ids are unique per tenant and channel, and shared between them', () => {
  const seen = new Set(
    sessionCount.map(({ tenant, channel, sessionId }) => `${tenant}/${channel}/${sessionId}`),
  )
  expect(seen.size).toBe(sessionCount.length)
  expect(new Set(sessionCount.map(({ sessionId }) => sessionId)).size).toBeLessThan(sessionCount.length / 2)
  for (const session of sessionCount) expect(newest(session).id).toBe(session.sessionId)
})

it('session ids have no gap per tenant and channel, and ascend with the number', () => {
  const last = new Map<string, number>()
  for (const { tenant, channel, sessionId } of sessionCount) {
    const group = `${tenant}/${channel}`
    expect(sessionId).toBe((last.get(group) ?? 999) + 1)
    last.set(group, sessionId)
  }
  expect(last.size).toBe(builtInTenants.length * 2)
})

it('a session is the same in any order of reading', () => {
  const plan = planSamples({ seed: 'stream' })
  for (const number of [3_000, 1_023, 1_024, 1_025, 0, 2_999, 3_001, 2_048, 2_047])
    expect(sampleSession(plan, number)).toEqual(sessionCount[number])
})

it('child ids are unique per tenant and array', () => {
  const seen = new Map<string, number>()
  for (const session of sessionCount) {
    for (const [array, rows] of Object.entries(newest(session))) {
      if (!Array.isArray(rows)) continue
      for (const row of rows) {
        if (row.id === undefined) continue
        const key = `${session.tenant}/${array}/${row.id}`
        expect(seen.get(key) ?? session.sessionId).toBe(session.sessionId)
        expect(seen.has(key)).toBe(false)
        seen.set(key, session.sessionId)
      }
    }
  }
})

it('every session type of the contract appears', () => {
  const types = new Set(sessionCount.map((session) => newest(session).session_type_v2))
  const missing = [...callKinds, ...chatKinds].filter(([kind]) => !types.has(kind.current))
  expect(missing).toEqual([])
})

it('legacy keys repeat the legacy type, session_type_v2 has the current one', () => {
  const mobile = sessionCount
    .map(newest)
    .find((document) => document.session_type_v2 === 'Voice Inbound (Mobile)')
  expect(mobile).toMatchObject({ call_type: 'Voice Inbound (App)', session_type: 'Voice Inbound (App)' })
})

it('tenants, start, and days can be chosen', () => {
  const tenants = builtInTenants.slice(2, 3)
  const sessions = sampleSessions({ seed: 1, sessions: 50, tenants, startAt: '2025-12-24', days: 1 })
  for (const session of sessions) {
    expect(session.tenant).toBe('hoshizora')
    expect(String(newest(session).created_at)).toMatch(/^2025-12-24T.*\+09:00$/)
  }
})

it('tenant names are valid source names', () => {
  for (const { name } of builtInTenants) expect(name).toMatch(/^[a-z][a-z0-9_]{0,31}$/)
})

it('some sessions cross a change of daylight saving', () => {
  const crossing = sessionCount.map(newest).filter((document) => {
    const offset = (time: unknown) => String(time).slice(-6)
    return document.ends_at !== null && offset(document.created_at) !== offset(document.ends_at)
  })
  expect(crossing.length).toBeGreaterThan(3)
})

it('phone numbers and addresses are in fictional ranges', () => {
  for (const session of sessionCount.slice(0, 1_000)) {
    const text = writeDocument(newest(session))
    for (const [email] of text.matchAll(/[^\s"]+@[^\s"]+/g)) expect(email).toMatch(/@example\.com$/)
    for (const [number] of text.matchAll(/"\+\d{9,}"/g)) {
      expect(number).toMatch(
        /^"\+(1555|447700900|44\d{3}49[68]0|442079460|442890180|442920180|61\d(5550|7010))/,
      )
    }
    for (const [, host] of text.matchAll(/https:\/\/([^/"]+)/g)) expect(host).toMatch(/(^|\.)example\.com$/)
  }
})

it('typical files have 5 to 16 KB', () => {
  const sizes = sessionCount
    .map((session) => Buffer.byteLength(writeDocument(newest(session))))
    .sort((a, b) => a - b)
  expect(sizes[sessionCount.length / 2]).toBeGreaterThan(5_000)
  expect(sizes[sessionCount.length * 0.98]).toBeLessThan(16_384)
})
