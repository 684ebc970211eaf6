import { LeaseLostError } from '@aftercall/warehouse/leases/with-lease'
import { lookUpObjects } from '@aftercall/warehouse/ledger/ledger-lookup'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BucketObject } from './bucket-objects.ts'
import { bucket, openReconcileBench } from './reconcile-bench.fixture.ts'

let bench: Awaited<ReturnType<typeof openReconcileBench>>

beforeAll(async () => {
  bench = await openReconcileBench()
})
afterAll(() => bench.close())

test('every class is reported, but no current object and no unannounced recording', async () => {
  const names = ['current', 'missing', 'outdated', 'failed', 'rejected', 'back', 'seen']
  for (const name of names) await bench.put(`classes/${name}.json`)
  await bench.put('classes/recording.mp3')
  await bench.addToLedger([
    { key: 'classes/current.json' },
    { key: 'classes/outdated.json', etag: 'other', lastModified: '2026-01-01T00:00:00Z' },
    { key: 'classes/failed.json', outcome: 'failed', code: 'throttled' },
    { key: 'classes/rejected.json', outcome: 'rejected', code: 'not_json' },
    { key: 'classes/back.json', removedAt: '2026-01-01T00:00:00Z' },
    { key: 'classes/seen.json', outcome: 'missing', etag: null },
    { key: 'classes/gone.json' },
    { key: 'classes/removed.json', removedAt: '2026-01-01T00:00:00Z' },
  ])
  const { found, report } = await bench.reconcile('classes/')
  expect(found).toEqual({
    missing: ['classes/missing.json', 'classes/seen.json'],
    outdated: ['classes/back.json', 'classes/outdated.json'],
    failed: ['classes/failed.json'],
    rejected: ['classes/rejected.json'],
    gone: ['classes/gone.json'],
  })
  expect(report.counts).toEqual({
    ...{ listed: 8, current: 1, other: 1, missing: 2, outdated: 2, failed: 1, rejected: 1, gone: 1 },
  })
  const [kept] = await bench.database.dump('ingest.reconcile_run')
  expect(kept).toMatchObject({ counts: report.counts, examples: found, error: null, purpose: 'command' })
})

test('an object modified within the grace time is recent, and a pass reads the clock once', async () => {
  await bench.put('grace/call-1.json')
  const { found } = await bench.reconcile('grace/', { graceMs: 60_000 })
  expect(found).toEqual({ recent: ['grace/call-1.json'] })
})

test('keys with any legal character meet their ledger rows, in the same order on both sides', async () => {
  const odd = [
    '!',
    "'()*",
    '&$@=;:+ ,?',
    '\\{^}%`]">[~<#|',
    'é',
    '\uffee',
    '\u{10400}',
    '\u{1f600}',
    'a+b%2B',
    '\t',
  ]
  const keys = odd.flatMap((text) => [`odd/${text}.json`, `odd/${text}/x.json`, `odd/a${text}`])
  for (const key of keys) await bench.put(key)
  await bench.addToLedger(keys.map((key) => ({ key })))
  const { found, report } = await bench.reconcile('odd/')
  expect(found).toEqual({})
  expect(report.counts.current).toBe(keys.length)
})

test('I7 neighbours of the prefix are not compared', async () => {
  for (const key of ['near/a.json', 'near0', 'near-x/a.json', 'near.json', 'nea']) await bench.put(key)
  await bench.addToLedger([
    { key: 'near0/b.json' },
    { key: 'near-x/b.json' },
    { key: 'near' },
    { key: 'near/b.json' },
  ])
  const { found, report } = await bench.reconcile('near/')
  expect(found).toEqual({ missing: ['near/a.json'], gone: ['near/b.json'] })
  expect(report.counts.listed).toBe(1)
})

test('an object whose message is handled, or that is removed, during the listing is no difference', async () => {
  for (const name of ['handled', 'gone']) await bench.put(`moving/${name}.json`)
  const listed: BucketObject[] = [
    { key: 'moving/gone.json', etag: 'a', lastModified: new Date() },
    { key: 'moving/handled.json', etag: 'a', lastModified: new Date() },
  ]
  async function* pages() {
    // Between the reading of a page and the look at it, the worker is as quick as it can be.
    await bench.database.db
      .insertInto('ingest.object')
      .values([
        { bucket, object_key: 'moving/handled.json', source: 'acme', outcome: 'stored', etag: 'a', ...none },
        { bucket, object_key: 'moving/new.json', source: 'acme', outcome: 'stored', etag: 'a', ...none },
        {
          ...{
            bucket,
            object_key: 'moving/gone.json',
            source: 'acme',
            outcome: 'ignored',
            etag: 'a',
            ...none,
          },
          ...{ code: 'object_removed', removed_at: new Date(Date.now() + 1_000) },
        },
      ])
      .execute()
    yield listed
  }
  const { findings } = await bench.reconcile('moving/', { bucketObjects: { pages: pages(), asOf: null } })
  expect(findings).toEqual([])
})

test('a listing that breaks off fails the pass: loaded objects stay, and nothing is recorded as gone', async () => {
  await bench.put('broken/call-1.json')
  await bench.addToLedger([{ key: 'broken/call-0.json' }, { key: 'broken/call-2.json' }])
  async function* pages() {
    yield [{ key: 'broken/call-1.json' }]
    throw new Error('the store went away')
  }
  const pass = bench.reconcile('broken/', {
    bucketObjects: { pages: pages(), asOf: null },
    fix: bench.fixOf('broken/'),
  })
  await expect(pass).rejects.toThrow('the store went away')
  const known = await lookUpObjects(
    bench.database.db,
    { name: 'acme', bucket, settings: undefined },
    [0, 1, 2].map((id) => `broken/call-${id}.json`),
  )
  expect([...known.values()].map(({ key, removedAt }) => [key, removedAt]).sort()).toEqual([
    ['broken/call-0.json', null],
    ['broken/call-1.json', null],
    ['broken/call-2.json', null],
  ])
  const runs = await bench.database.dump('ingest.reconcile_run')
  expect(runs.filter(({ error }) => error === 'the store went away')).toHaveLength(1)
})

test('a pass that loses the lease of its source loads and records nothing more, and gives that as its reason', async () => {
  await bench.put('taken/call-1.json', 'no JSON')
  await bench.addToLedger([{ key: 'taken/gone.json' }])
  const lost = new AbortController()
  const pass = bench.reconcile('taken/', {
    signal: lost.signal,
    run: { purpose: 'schedule', host: 'test' },
    fix: {
      ...bench.fixOf('taken/'),
      async confirm() {
        lost.abort(new LeaseLostError('reconcile acme', undefined))
        lost.signal.throwIfAborted()
      },
    },
  })
  await expect(pass).rejects.toMatchObject({ code: 'lease_lost' })
  const known = await lookUpObjects(bench.database.db, { name: 'acme', bucket, settings: undefined }, [
    'taken/call-1.json',
    'taken/gone.json',
  ])
  expect([...known.values()].map(({ key, removedAt }) => [key, removedAt])).toEqual([
    ['taken/gone.json', null],
  ])
  const runs = await bench.database.dump('ingest.reconcile_run')
  expect(runs.filter(({ error }) => String(error).includes('the lease "reconcile acme"'))).toHaveLength(1)
})

test('I4 a fix loads missing objects, reports how they ended, and records gone ones; the next pass finds nothing', async () => {
  await bench.put('fix/call-1.json', 'no JSON')
  await bench.put('fix/note.json', '{}')
  await bench.put('fix/back.json')
  await bench.addToLedger([
    { key: 'fix/gone.json' },
    { key: 'fix/back.json', outcome: 'ignored', code: 'not_a_session', removedAt: '2026-01-01T00:00:00Z' },
  ])
  const first = await bench.reconcile('fix/', { fix: bench.fixOf('fix/') })
  const ends = first.findings.map((one) => [one.key, one.class, one.fix, one.outcome]).sort()
  expect(ends).toEqual([
    ['fix/back.json', 'outdated', 'fixed', 'ignored'],
    ['fix/call-1.json', 'missing', 'nowRejected', 'rejected'],
    ['fix/gone.json', 'gone', undefined, undefined],
    ['fix/note.json', 'missing', 'fixed', 'ignored'],
  ])
  expect(first.report.gone).toEqual({ kind: 'noted', objects: 1 })
  const second = await bench.reconcile('fix/', { fix: bench.fixOf('fix/') })
  expect(second.found).toEqual({ rejected: ['fix/call-1.json'] })
})

test('an object that is removed before it is loaded has vanished, and is no longer missing', async () => {
  await bench.put('vanish/call-1.json')
  const fix = bench.fixOf('vanish/')
  const { findings } = await bench.reconcile('vanish/', {
    fix: {
      ...fix,
      async load(pair, signal) {
        await bench.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: pair.key }))
        return fix.load(pair, signal)
      },
    },
  })
  expect(findings.map((one) => [one.class, one.fix])).toEqual([['missing', 'vanished']])
})

test('an empty listing, or one that lacks most known objects, marks nothing as gone unless that is accepted', async () => {
  const keys = Array.from({ length: 2_400 }, (_, id) => `empty/call-${id}.json`)
  await bench.addToLedger(keys.map((key) => ({ key })))
  const refused = await bench.reconcile('empty/', { fix: bench.fixOf('empty/') })
  expect(refused.report.gone).toEqual({ kind: 'refused', gone: 2_400, known: 2_400 })

  await bench.put('empty/call-0.json')
  const most = await bench.reconcile('empty/', { fix: bench.fixOf('empty/') })
  expect(most.report.gone).toEqual({ kind: 'refused', gone: 2_399, known: 2_400 })

  const accepted = await bench.reconcile('empty/', { fix: bench.fixOf('empty/', true) })
  expect(accepted.report.gone).toEqual({ kind: 'noted', objects: 2_399 })
  expect((await bench.reconcile('empty/', { fix: bench.fixOf('empty/') })).findings).toEqual([])
})

test('since leaves out objects that were modified before, on both sides', async () => {
  await bench.put('since/call-1.json')
  await bench.addToLedger([
    { key: 'since/old.json', lastModified: '2026-01-01T00:00:00Z' },
    { key: 'since/new.json' },
  ])
  const hourAgo = new Date(Date.now() - 3_600_000)
  const { found } = await bench.reconcile('since/', { since: hourAgo })
  expect(found).toEqual({ missing: ['since/call-1.json'], gone: ['since/new.json'] })
  const later = await bench.reconcile('since/', { since: new Date(Date.now() + 3_600_000) })
  expect(later.findings).toEqual([])
})

const none = {
  ...{ code: null, channel: null, session_id: null, document_count: null, version_id: null, sequencer: null },
  ...{
    size_bytes: null,
    last_modified: new Date(),
    content_sha256: null,
    event_name: null,
    event_time: null,
  },
  ...{ lag_ms: null, mapping_version: null, removed_at: null },
}
