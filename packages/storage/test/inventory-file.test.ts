import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type FaultRule, xmlErrorAnswer } from '@aftercall/testkit/http-fault-proxy'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { InventoryError } from '../src/listing/inventory/inventory-error.ts'
import type { InventoryObject } from '../src/listing/inventory/inventory-object.ts'
import { type Inventory, openInventory } from '../src/listing/inventory/open-inventory.ts'
import {
  type InventoryFileOptions,
  type InventoryPage,
  readInventoryFile,
} from '../src/listing/inventory/read-inventory-file.ts'
import { putObject } from '../src/objects/fetch-object.ts'
import { ObjectFetchError } from '../src/objects/object-errors.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'
import {
  allColumns,
  type Column,
  type Format,
  publishReport,
  type Row,
  sourceBucket,
  writeFile,
  writeParquet,
} from './inventory/write-inventory.ts'

const bucket = 'reports'
const formats: Format[] = ['CSV', 'Parquet']
const lastModified = new Date('2024-02-29T23:59:59.000Z')
let aws: EmulatedAws

beforeAll(async () => {
  aws = await startEmulatedAws()
  aws.server.createBucket(bucket)
})
afterEach(() => {
  aws.proxy.setRule()
  aws.server.emptyBucket(bucket)
})
afterAll(() => aws.stop())

async function publish(format: Format, file: Buffer, columns: Column[] = allColumns): Promise<Inventory> {
  return openInventory(aws.s3, await publishReport(aws.s3, { bucket, format, columns, files: [file] }))
}

async function* pagesOf(
  inventory: Inventory,
  options: InventoryFileOptions = {},
): AsyncGenerator<InventoryPage> {
  for (const file of inventory.files) yield* readInventoryFile(aws.s3, inventory, file, options)
}

async function objectsOf(inventory: Inventory, options?: InventoryFileOptions): Promise<InventoryObject[]> {
  const pages = await Array.fromAsync(pagesOf(inventory, options))
  return pages.flatMap(({ objects }) => objects)
}

/** The failure, and the pages before it. */
async function failureOf(
  inventory: Inventory,
  options?: InventoryFileOptions,
): Promise<{ failure: unknown; pages: InventoryPage[] }> {
  const pages: InventoryPage[] = []
  try {
    for await (const page of pagesOf(inventory, options)) pages.push(page)
  } catch (failure) {
    return { failure, pages }
  }
  throw new Error('expected a failure')
}

function makeRows(count: number): Row[] {
  return Array.from({ length: count }, (_, place) => ({
    Key: `calls/${String(place).padStart(6, '0')}.json`,
    Size: place,
    LastModifiedDate: lastModified,
    ETag: randomBytes(16).toString('hex'),
  }))
}

describe.each(formats)('a %s file of an inventory', (format) => {
  it('has key, size, time, ETag, and version of each object', async () => {
    const row = { Key: 'a.json', VersionId: 'v1', IsLatest: true, IsDeleteMarker: false, ETag: 'e-2' }
    const file = writeFile(format, [{ ...row, Size: 5_000_000_000, LastModifiedDate: lastModified }])
    expect(await objectsOf(await publish(format, file))).toEqual([
      {
        bucket: sourceBucket,
        key: 'a.json',
        versionId: 'v1',
        etag: 'e-2',
        sizeBytes: 5_000_000_000,
        lastModified,
      },
    ])
  })

  it('has the keys of S3, with any characters', async () => {
    const keys = [
      'a b',
      'a+b',
      '100%',
      '%2B',
      'x"y","z',
      "it's",
      'línea/日本/😀',
      'a\nb\r\nc',
      '\t',
      '=&?#',
      '﻿bom',
    ]
    const file = writeFile(
      format,
      keys.map((Key) => ({ Key })),
    )
    expect((await objectsOf(await publish(format, file))).map(({ key }) => key)).toEqual(keys)
  })

  it('leaves out older versions and delete markers, and counts their rows', async () => {
    const file = writeFile(format, [
      { Key: 'a', VersionId: '2', IsLatest: true, IsDeleteMarker: false, Size: 1 },
      { Key: 'a', VersionId: '1', IsLatest: false, IsDeleteMarker: false, Size: 1 },
      { Key: 'b', VersionId: '4', IsLatest: true, IsDeleteMarker: true },
      { Key: 'b', VersionId: '3', IsLatest: false, IsDeleteMarker: false, Size: 1 },
    ])
    const pages = await Array.fromAsync(pagesOf(await publish(format, file)))
    expect(pages).toEqual([
      { objects: [{ bucket: sourceBucket, key: 'a', versionId: '2', sizeBytes: 1 }], rows: 4 },
    ])
  })

  it('leaves out fields without a column in the report', async () => {
    const columns: Column[] = ['Bucket', 'Key']
    const file = writeFile(format, [{ Key: 'a' }], columns)
    expect(await objectsOf(await publish(format, file, columns))).toEqual([
      { bucket: sourceBucket, key: 'a' },
    ])
  })

  it('is read in pages of at most 1,000 rows, whose positions end at the last row', async () => {
    const pages = await Array.fromAsync(pagesOf(await publish(format, writeFile(format, makeRows(2_000)))))
    expect(Math.max(...pages.map(({ objects }) => objects.length))).toBeLessThanOrEqual(1_000)
    let rows = 0
    for (const page of pages) {
      rows += page.objects.length
      expect(page.rows).toBe(rows)
    }
    expect(rows).toBe(2_000)
  })

  it.each([1, 500, 1_250, 2_499, 2_500, 9_999])(
    'continues after row %i with exactly the rest',
    async (startRow) => {
      const rows = makeRows(2_500)
      const inventory = await publish(format, writeFile(format, rows))
      const pages = await Array.fromAsync(pagesOf(inventory, { startRow }))
      const keys = pages.flatMap(({ objects }) => objects.map(({ key }) => key))
      expect(keys).toEqual(rows.slice(startRow).map(({ Key }) => Key))
      if (pages.length > 0) expect(pages.at(-1)?.rows).toBe(2_500)
    },
  )

  it('may have no rows', async () => {
    expect(await objectsOf(await publish(format, writeFile(format, [])))).toEqual([])
  })

  it('I8 is read only as far as its pages are consumed', async () => {
    const big = writeBigFile(format)
    const inventory = await publish(format, big.file)
    const before = aws.proxy.requests.length
    const pages = pagesOf(inventory)
    expect((await pages.next()).value?.objects.length).toBeGreaterThan(0)
    await pages.return(undefined)
    expect(aws.proxy.requests.length - before).toBeLessThan(big.requestsOfAll)
  })

  it('fails retryably if the connection breaks, and continues after the last page', async () => {
    const big = writeBigFile(format)
    const inventory = await publish(format, big.file)
    aws.proxy.setRule(breakAfter(big.requestsOfAll - 1))
    const { failure, pages } = await failureOf(inventory)
    expect(failure).toBeInstanceOf(ObjectFetchError)
    expect(failure).toMatchObject({ retryable: true, key: inventory.files[0]?.key })
    expect(pages.length).toBeGreaterThan(0)
    expect(['connection_lost', 'body_cut']).toContain((failure as ObjectFetchError).code)
    aws.proxy.setRule()
    const rest = await objectsOf(inventory, { startRow: pages.at(-1)?.rows ?? 0 })
    expect([...pages.flatMap(({ objects }) => objects), ...rest].map(({ key }) => key)).toEqual(big.keys)
  })

  it('fails if a file of the manifest is gone', async () => {
    const inventory = await publish(format, writeFile(format, makeRows(1)))
    aws.server.emptyBucket(bucket)
    expect((await failureOf(inventory)).failure).toMatchObject({ code: 'file_missing', retryable: false })
  })

  it('fails if its size is not the one in the manifest', async () => {
    const inventory = await publish(format, writeFile(format, makeRows(10)))
    for (const bytes of [writeFile(format, makeRows(2)), writeFile(format, makeRows(20)), Buffer.alloc(0)]) {
      await putObject(aws.s3, { bucket, key: inventory.files[0]?.key ?? '', bytes })
      expect((await failureOf(inventory)).failure).toMatchObject({ code: 'file_changed' })
    }
  })

  it.each([
    ['cut off', (whole: Buffer) => whole.subarray(0, whole.byteLength - 100)],
    ['something else', () => Buffer.from('Bucket,Key\nno gzip, and no Parquet either\n')],
    ['one byte', () => Buffer.from('x')],
  ])('fails when it is %s, although it is what the manifest says', async (_name, change) => {
    const inventory = await publish(format, change(writeFile(format, makeRows(3_000))))
    const { failure } = await failureOf(inventory)
    expect(failure).toBeInstanceOf(InventoryError)
    expect(failure).toMatchObject({ code: 'file_unreadable' })
  })

  it('fails with the store’s error if it may not be read', async () => {
    const inventory = await publish(format, writeFile(format, makeRows(1)))
    aws.proxy.setRule(async () => xmlErrorAnswer(403, 'AccessDenied'))
    expect((await failureOf(inventory)).failure).toMatchObject({
      name: 'ObjectFetchError',
      code: 'access_denied',
    })
  })

  it('stops between pages when it is aborted', async () => {
    const inventory = await publish(format, writeFile(format, makeRows(2_500)))
    const stopping = new AbortController()
    const pages = pagesOf(inventory, { signal: stopping.signal })
    await pages.next()
    stopping.abort()
    await expect(pages.next()).rejects.toMatchObject({ name: 'ObjectFetchError', code: 'aborted' })
  })
})

describe('a CSV file of an inventory', () => {
  it('has form-encoded keys', async () => {
    const file = gzipSync('"sessions","red+flower%2B1.jpg"\n"sessions","%E2%98%8E/100%25"\n\n\n')
    const inventory = await publish('CSV', file, ['Bucket', 'Key'])
    expect((await objectsOf(inventory)).map(({ key }) => key)).toEqual(['red flower+1.jpg', '☎/100%'])
  })

  it('ends before its last page if its MD5 does not match the manifest', async () => {
    const rows = makeRows(2_000)
    const inventory = await publish('CSV', writeFile('CSV', rows))
    const [file] = inventory.files
    if (file === undefined) throw new Error('the report has no file')
    const changed = { ...inventory, files: [{ ...file, md5: 'f'.repeat(32) }] }
    const { failure, pages } = await failureOf(changed)
    expect(failure).toMatchObject({ code: 'file_changed' })
    expect(pages.map((page) => page.rows)).toEqual([1_000])
    expect((await failureOf(changed, { startRow: 2_000 })).failure).toMatchObject({ code: 'file_changed' })
  })

  it.each([
    ['too few fields', '"sessions","b"'],
    ['an invalid size', '"sessions","b","many","2024-01-01T00:00:00.000Z"'],
    ['an invalid time', '"sessions","b","1","yesterday"'],
    ['no key', '"sessions","","1","2024-01-01T00:00:00.000Z"'],
  ])('fails at a row with %s, and names the row', async (_name, line) => {
    const file = gzipSync(`"sessions","a","1","2024-01-01T00:00:00.000Z"\n${line}\n`)
    const inventory = await publish('CSV', file, ['Bucket', 'Key', 'Size', 'LastModifiedDate'])
    expect((await failureOf(inventory)).failure).toMatchObject({ code: 'file_unreadable', row: 2 })
  })

  it('I8 is refused if a row does not end', async () => {
    const file = gzipSync(`"sessions","${'x'.repeat(3_000_000)}`)
    expect((await failureOf(await publish('CSV', file, ['Bucket', 'Key']))).failure).toMatchObject({
      code: 'file_unreadable',
    })
  })
})

describe('a Parquet file of an inventory', () => {
  it.each([
    ['uncompressed', { codec: 'UNCOMPRESSED' }],
    ['without page offsets', { offsetIndex: false }],
    ['of one row group', { rowGroupSize: 10_000 }],
  ] as const)('may be %s', async (_name, options) => {
    const rows = makeRows(2_500)
    const inventory = await publish('Parquet', writeParquet(rows, allColumns, options))
    const keys = (await objectsOf(inventory, { startRow: 1_234 })).map(({ key }) => key)
    expect(keys).toEqual(rows.slice(1_234).map(({ Key }) => Key))
  })

  it('fails if it lacks a column of the manifest', async () => {
    const inventory = await publish('Parquet', writeParquet(makeRows(1), ['Bucket', 'Key']))
    expect((await failureOf(inventory)).failure).toMatchObject({ code: 'file_unreadable' })
  })
})

/** Three pieces of CSV; or the footer, and seven columns of each of three row groups. */
function writeBigFile(format: Format): { file: Buffer; keys: string[]; requestsOfAll: number } {
  const rows = makeRows(3_000)
  const keys = rows.map(({ Key }) => Key)
  if (format === 'Parquet') {
    return { file: writeParquet(rows, allColumns, { rowGroupSize: 1_000 }), keys, requestsOfAll: 22 }
  }
  const wide = rows.map((row) => ({ ...row, StorageClass: randomBytes(1_700).toString('base64') }))
  return { file: writeFile('CSV', wide), keys, requestsOfAll: 3 }
}

/** Lets a number of answers pass, and breaks the connection in the middle of every later one. */
function breakAfter(answersMax: number): FaultRule {
  let answers = 0
  return async (_request, forward) => {
    const answer = await forward()
    answers += 1
    return answers <= answersMax
      ? answer
      : { ...answer, cutAfterBytes: Math.floor(answer.body.byteLength / 2) }
  }
}
