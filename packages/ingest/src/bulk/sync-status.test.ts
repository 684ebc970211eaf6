import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import { expect, test } from 'vitest'
import { needsLoading, syncStatusOf } from './sync-status.ts'

const at = (time: string): Date => new Date(`2026-03-01T${time}Z`)

const listed = { etag: 'b', lastModified: at('10:00:00.500') }

function known(changes: Partial<KnownObject> = {}): KnownObject {
  return {
    key: 'call-1.json',
    outcome: 'stored',
    code: null,
    etag: 'b',
    sizeBytes: 10,
    lastModified: at('10:00:00'),
    settledAt: at('10:00:03'),
    settleCount: 1,
    removedAt: null,
    ...changes,
  }
}

test('an object that is not in the ledger, or whose content was never read, is missing', () => {
  expect(syncStatusOf(listed, undefined)).toBe('missing')
  expect(syncStatusOf(listed, known({ outcome: 'missing' }))).toBe('missing')
  for (const code of ['object_removed', 'not_a_creation', 'no_source']) {
    expect(syncStatusOf(listed, known({ outcome: 'ignored', code }))).toBe('missing')
  }
})

test('an object with the ETag in the ledger has ended, with any outcome', () => {
  for (const outcome of ['stored', 'superseded', 'duplicate'] as const) {
    expect(syncStatusOf(listed, known({ outcome }))).toBe('current')
  }
  expect(syncStatusOf(listed, known({ outcome: 'ignored', code: 'media' }))).toBe('current')
  expect(syncStatusOf(listed, known({ outcome: 'rejected', code: 'not_json' }))).toBe('rejected')
  expect(syncStatusOf(listed, known({ outcome: 'failed', code: 'throttled' }))).toBe('failed')
})

test('another ETag is outdated, unless the ledger saw a later one than the listing', () => {
  expect(syncStatusOf(listed, known({ etag: 'a', lastModified: at('09:00:00') }))).toBe('outdated')
  expect(syncStatusOf(listed, known({ etag: 'a' }))).toBe('outdated')
  expect(syncStatusOf(listed, known({ etag: 'c', lastModified: at('10:00:01') }))).toBe('current')
})

test('a recorded time later than the read does not hide that the object was rewritten', () => {
  const ahead = { lastModified: new Date('2200-01-01T00:00:00Z') }
  expect(syncStatusOf(listed, known({ ...ahead, etag: 'a' }))).toBe('outdated')
  expect(syncStatusOf({ lastModified: listed.lastModified }, known(ahead))).toBe('outdated')
  expect(syncStatusOf(ahead, known(ahead))).toBe('current')
  expect(syncStatusOf(listed, known(ahead))).toBe('current')
})

test('without an ETag, times decide, by whole seconds', () => {
  expect(syncStatusOf({ lastModified: at('10:00:00.900') }, known())).toBe('current')
  expect(syncStatusOf({ lastModified: at('10:00:01') }, known())).toBe('outdated')
  expect(syncStatusOf(listed, known({ etag: null, lastModified: at('09:00:00') }))).toBe('outdated')
  expect(syncStatusOf({}, known())).toBe('outdated')
})

test('an object that was rejected or has ended is not loaded again', () => {
  const all = ['missing', 'outdated', 'failed', 'rejected', 'current'] as const
  expect(all.filter(needsLoading)).toEqual(['missing', 'outdated', 'failed'])
})
