import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import { expect, test } from 'vitest'
import type { BucketObject } from './bucket-objects.ts'
import { judgePair } from './judge-pair.ts'

const at = (time: string): Date => new Date(`2026-03-02T${time}Z`)
const rules = { startedAt: at('12:00:00'), asOf: at('12:00:00'), recentFrom: at('11:45:00') }
/** An inventory of the night before. */
const oldRules = { ...rules, asOf: at('01:00:00'), recentFrom: at('01:00:00') }

const listed: BucketObject = { key: 'call-1.json', etag: 'b', lastModified: at('00:10:00') }
const known: KnownObject = {
  ...{ key: 'call-1.json', outcome: 'stored', code: null, etag: 'b', sizeBytes: 10 },
  ...{ lastModified: at('00:10:00'), settledAt: at('00:10:02'), settleCount: 1, removedAt: null },
}

function judge(
  one: Partial<typeof listed> | undefined,
  other: Partial<KnownObject> | undefined,
  by: Parameters<typeof judgePair>[1] = rules,
) {
  const key = one?.key ?? 'call-1.json'
  return judgePair(
    {
      key,
      listed: one === undefined ? undefined : { ...listed, ...one },
      known: other === undefined ? undefined : { ...known, key, ...other },
    },
    by,
  )
}

test('the class of an object in the bucket is its sync status', () => {
  expect(judge({}, {})).toBe('current')
  expect(judge({}, undefined)).toBe('missing')
  expect(judge({ etag: 'c', lastModified: at('00:20:00') }, {})).toBe('outdated')
  expect(judge({}, { outcome: 'failed', code: 'throttled' })).toBe('failed')
  expect(judge({}, { outcome: 'rejected', code: 'not_json' })).toBe('rejected')
})

test('an object that may still be announced is recent, but a rejected one stays rejected', () => {
  const lastModified = at('11:50:00')
  expect(judge({ lastModified }, undefined)).toBe('recent')
  expect(judge({ lastModified, etag: 'c' }, {})).toBe('recent')
  expect(judge({ lastModified }, { outcome: 'failed' })).toBe('recent')
  expect(judge({ lastModified }, { outcome: 'rejected' })).toBe('rejected')
  expect(judge({ lastModified }, undefined, { ...rules, recentFrom: undefined })).toBe('missing')
})

test('an object dated far in the future does not stay recent in every comparison', () => {
  const lastModified = new Date('2200-01-01T00:00:00Z')
  expect(judge({ lastModified }, undefined)).toBe('missing')
  expect(judge({ lastModified: new Date('2026-03-03T11:00:00Z') }, undefined)).toBe('recent')
})

test('an object in the ledger but not in the bucket is gone, unless the ledger has its removal or saw it since', () => {
  expect(judge(undefined, {})).toBe('gone')
  expect(judge(undefined, { outcome: 'rejected' })).toBe('gone')
  expect(judge(undefined, { removedAt: at('00:30:00') })).toBeUndefined()
  expect(judge(undefined, { outcome: 'missing' })).toBeUndefined()
  expect(judge(undefined, { settledAt: at('12:00:00') })).toBeUndefined()
})

test('an object that changed during the listing is not judged', () => {
  expect(judge({}, { outcome: 'failed', settledAt: at('12:00:01') })).toBe('recent')
  expect(judge({ etag: 'c' }, { settledAt: at('12:00:01') })).toBe('recent')
  expect(judge({}, { outcome: 'missing', settledAt: at('12:00:01') })).toBe('recent')
  const removal = { outcome: 'ignored', code: 'object_removed', removedAt: at('12:00:01') } as const
  expect(judge({}, removal)).toBeUndefined()
  expect(judge({}, { removedAt: at('12:00:01') })).toBeUndefined()
})

test('with an inventory, objects that ended or were removed since it was made are not judged', () => {
  expect(judge(undefined, { settledAt: at('02:00:00') }, oldRules)).toBeUndefined()
  expect(judge({}, { removedAt: at('02:00:00') }, oldRules)).toBeUndefined()
  expect(judge({ etag: 'c' }, { settledAt: at('02:00:00') }, oldRules)).toBe('recent')
  expect(judge({}, { outcome: 'failed', settledAt: at('02:00:00') }, oldRules)).toBe('failed')
})

test('an object that is back, although the ledger has it as removed, is outdated', () => {
  expect(judge({}, { removedAt: at('00:30:00') })).toBe('outdated')
})

test('recordings and other media files are no loss, announced or not', () => {
  expect(judge({ key: 'call-1.mp3' }, undefined)).toBe('other')
  const media = { outcome: 'ignored', code: 'media', etag: null, lastModified: null } as const
  expect(judge({ key: 'call-1.mp3' }, media)).toBe('current')
})

test('an empty object that a tool made for a folder is no loss, and a file with such a key is looked for', () => {
  expect(judge({ key: 'day/', sizeBytes: 0 }, undefined)).toBe('other')
  const placeholder = { outcome: 'ignored', code: 'placeholder', lastModified: null } as const
  expect(judge({ key: 'day/', sizeBytes: 0 }, placeholder)).toBe('current')
  expect(judge({ key: 'end/', sizeBytes: 7 }, undefined)).toBe('missing')
  expect(judge({ key: 'day/', sizeBytes: undefined }, undefined)).toBe('missing')
})

test('a key that Postgres cannot hold is rejected, not looked for', () => {
  expect(judge({ key: 'a\0b.json' }, undefined)).toBe('rejected')
})

test('since bounds both sides by the last modification', () => {
  const since = { ...rules, since: at('00:15:00') }
  expect(judge({}, undefined, since)).toBeUndefined()
  expect(judge({ lastModified: at('00:15:00') }, undefined, since)).toBe('missing')
  expect(judge(undefined, {}, since)).toBeUndefined()
  expect(judge(undefined, { lastModified: null }, since)).toBeUndefined()
  expect(judge(undefined, { lastModified: at('00:16:00') }, since)).toBe('gone')
})
