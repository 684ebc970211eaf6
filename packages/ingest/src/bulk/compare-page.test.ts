import { createSecretKey } from 'node:crypto'
import { erasedKeyOf, erasureDigest, objectValue } from '@aftercall/metadata/erasure/erasure-digest'
import { createTestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test } from 'vitest'
import { comparePage } from './compare-page.ts'
import { leaveOutEnded } from './leave-out-ended.ts'

const bucket = 'files'
const identityKey = createSecretKey('an identity key of these tests, of 32 bytes', 'utf8')
const choice = { since: undefined, until: undefined, datesFrom: 'auto', prefix: '' } as const
const listed = {
  key: 'calls/+15550100123.json',
  etag: '"one"',
  lastModified: new Date('2026-05-12T10:00:00Z'),
}

/** The ledger has `listed` under the digest of its key. */
async function openErased() {
  const database = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(database.drop)
  const { db } = database
  const digest = erasureDigest(identityKey, {
    ...{ kind: 'object', source: 'acme' },
    value: objectValue(bucket, listed.key),
  })
  await sql`
    with this as (
      insert into ingest.erasure (source, kind, digest, key_version, asked_by)
      values ('acme', 'phone', decode(${digest}, 'hex'), 1, 'test') returning erasure_id
    )
    insert into ingest.erased (digest, kind, key_version, erasure_id)
    select decode(${digest}, 'hex'), 'object', 1, erasure_id from this`.execute(db)
  await sql`
    insert into ingest.object (bucket, object_key, source, outcome, etag, last_modified)
    values (${bucket}, ${erasedKeyOf(digest)}, 'acme', 'stored', ${listed.etag}, ${listed.lastModified})`.execute(
    db,
  )
  return db
}

test('an object whose key was erased counts as current by its digest, and is not fetched; once it is rewritten, it is', async () => {
  const db = await openErased()
  const source = { name: 'acme', bucket, settings: { identityKey } }
  const rewritten = { ...listed, etag: '"two"', lastModified: new Date('2026-05-13T10:00:00Z') }
  expect(await comparePage({ db, source, choice }, [listed])).toEqual({
    toLoad: [],
    counts: { listed: 1, current: 1 },
  })
  expect((await leaveOutEnded({ db, source }, [listed])).toLoad).toEqual([])
  expect((await comparePage({ db, source, choice }, [rewritten])).toLoad).toEqual([rewritten])
  // The digests are made with the source's name.
  const other = { ...source, name: 'other' }
  expect((await comparePage({ db, source: other, choice }, [listed])).toLoad).toEqual([listed])
})
