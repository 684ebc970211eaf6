import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openInventoryObjects } from './inventory-objects.ts'
import { bucket, openReconcileBench } from './reconcile-bench.fixture.ts'
import type { ReconcileRequest } from './run-reconcile.ts'

let bench: Awaited<ReturnType<typeof openReconcileBench>>

beforeAll(async () => {
  bench = await openReconcileBench()
})
afterAll(() => bench.close())

const minutes = (count: number): Date => new Date(Date.now() + count * 60_000)

type Report = {
  name: string
  keys: string[]
  createdAt: Date
  sourceBucket?: string
  columns?: string
}

/** An inventory of two files, whose rows are in no order; objects have the ETag that `put` gives them. */
async function writeInventory({
  name,
  keys,
  createdAt,
  sourceBucket = bucket,
  columns,
}: Report): Promise<string> {
  const schema = columns ?? 'Bucket, Key, Size, LastModifiedDate, ETag'
  const rows = keys.map((key) => {
    const fields = [bucket, encodeURIComponent(key), '10', '2026-01-01T00:00:00.000Z', etagOf(key)]
    return fields
      .slice(0, schema.split(',').length)
      .map((field) => `"${field}"`)
      .join(',')
  })
  const middle = Math.ceil(rows.length / 2)
  const files = [rows.slice(middle), rows.slice(0, middle)].map((part) => gzipSync(part.join('\n')))
  const put = (key: string, bytes: Uint8Array) => putObject(bench.s3, { bucket, key, bytes })
  const listed = files.map((bytes, index) => ({
    ...{ key: `inventory/${name}/${index}.csv.gz`, size: bytes.byteLength, MD5checksum: md5(bytes) },
  }))
  for (const [index, bytes] of files.entries()) await put(`inventory/${name}/${index}.csv.gz`, bytes)
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ sourceBucket, destinationBucket: `arn:aws:s3:::${bucket}`, version: '2016-11-30' },
      creationTimestamp: String(createdAt.getTime()),
      ...{ fileFormat: 'CSV', fileSchema: schema, files: listed },
    }),
  )
  await put(`inventory/${name}/manifest.json`, manifest)
  await put(`inventory/${name}/manifest.checksum`, Buffer.from(md5(manifest)))
  return `s3://${bucket}/inventory/${name}/manifest.json`
}

async function compare(prefix: string, url: string, changes: Partial<ReconcileRequest> = {}) {
  const { signal } = new AbortController()
  const request = { client: bench.s3, source: { bucket, prefix }, url, since: changes.since, signal }
  const bucketObjects = await openInventoryObjects(bench.database.db, { ...request, onFile: () => {} })
  try {
    return await bench.reconcile(prefix, { bucketObjects, ...changes })
  } finally {
    await bucketObjects.close()
    expect(await bench.database.dump('ingest.object_list')).toEqual([])
    expect(await bench.database.dump('ingest.listed_object')).toEqual([])
  }
}

test('an inventory, unsorted and of the whole bucket, finds the same as the listing', async () => {
  const names = ['b/\u{1f600}', 'b/\uffee', 'b/a', 'B', 'a b+c', 'Ü']
  const keys = names.map((name) => `same/${name}.json`)
  for (const key of keys) await bench.put(key)
  await bench.addToLedger([
    { key: keys[0]! },
    { key: keys[3]! },
    { key: 'same/gone.json' },
    { key: 'else/gone.json' },
  ])
  const url = await writeInventory({ name: 'same', keys: [...keys, 'else/a.json'], createdAt: minutes(-1) })
  const byInventory = await compare('same/', url)
  const byListing = await bench.reconcile('same/')
  expect(byInventory.found).toEqual(byListing.found)
  expect(byInventory.found.gone).toEqual(['same/gone.json'])
  expect(byInventory.found.missing).toHaveLength(4)
  expect(byInventory.report.counts.listed).toBe(keys.length)
})

test('objects newer than the inventory are not judged, and those that the bucket still has are not gone', async () => {
  for (const name of ['late', 'kept']) await bench.put(`old/${name}.json`)
  await bench.addToLedger([
    // Settled an hour ago: after the inventory of yesterday, before the one of just now.
    { key: 'old/kept.json' },
    { key: 'old/gone.json' },
    { key: 'old/rewritten.json', etag: 'newer', lastModified: '2025-01-01T00:00:00Z' },
  ])
  const yesterday = await writeInventory({
    ...{ name: 'yesterday', keys: ['old/rewritten.json'], createdAt: minutes(-1_440) },
  })
  expect((await compare('old/', yesterday)).found).toEqual({ recent: ['old/rewritten.json'] })

  const incomplete = await writeInventory({ name: 'now', keys: [], createdAt: minutes(-1) })
  expect((await compare('old/', incomplete)).found).toEqual({ gone: ['old/gone.json', 'old/rewritten.json'] })
})

test('an inventory of another bucket, or without a required column, is refused with the reason', async () => {
  const report = { name: 'unfit', keys: ['a.json'], createdAt: minutes(-1) }
  const other = await writeInventory({ ...report, sourceBucket: 'other-bucket' })
  await expect(compare('', other)).rejects.toMatchObject({ code: 'inventory_of_other_bucket' })
  const bare = await writeInventory({ ...report, columns: 'Bucket, Key' })
  await expect(compare('', bare)).rejects.toMatchObject({ code: 'inventory_lacks_columns' })
})

function etagOf(key: string): string {
  return md5(Buffer.from(`{"of":${JSON.stringify(key)}}`))
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}
