import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { InventoryError, ParquetBoundError } from '../src/listing/inventory/inventory-error.ts'
import { openInventory } from '../src/listing/inventory/open-inventory.ts'
import { readInventoryFile } from '../src/listing/inventory/read-inventory-file.ts'
import { putObject } from '../src/objects/fetch-object.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'
import { type Format, md5, publishReport } from './inventory/write-inventory.ts'
import {
  type FileSays,
  page2Of,
  pageOf,
  parquetOf,
  plainTexts,
  runOf,
  withLength,
} from './inventory/write-parquet-bytes.ts'

const bucket = 'reports'
let aws: EmulatedAws

beforeAll(async () => {
  aws = await startEmulatedAws()
  aws.server.createBucket(bucket)
})
afterEach(() => aws.server.emptyBucket(bucket))
afterAll(() => aws.stop())

async function keysOf(file: Buffer, format: Format = 'Parquet'): Promise<string[]> {
  const url = await publishReport(aws.s3, { bucket, format, columns: ['Bucket', 'Key'], files: [file] })
  const inventory = await openInventory(aws.s3, url)
  const [only] = inventory.files
  if (only === undefined) throw new Error('the report has no file')
  const pages = await Array.fromAsync(readInventoryFile(aws.s3, inventory, only))
  return pages.flatMap(({ objects }) => objects.map(({ key }) => key))
}

const keys = ['a.json', 'b.json', 'c.json']
const texts = plainTexts(keys)
const billion = 1_000_000_000
const dictionary = pageOf(plainTexts(['a.json']), { values: 1, type: 2 })

test.each<[string, Buffer[], FileSays, string[]]>([
  ['plain texts', [pageOf(texts, { values: 3 })], { rows: 3 }, keys],
  ['pages of the second version', [page2Of(texts, { values: 3 })], { rows: 3 }, keys],
  [
    'a column that may be empty, with a dictionary',
    [
      dictionary,
      pageOf(Buffer.concat([withLength(runOf(3, 1)), Buffer.from([1]), runOf(3, 0)]), {
        values: 3,
        encoding: 8,
      }),
    ],
    { rows: 3, isOptional: true },
    ['a.json', 'a.json', 'a.json'],
  ],
])('an honest file is read: %s', async (_, pages, says, expected) => {
  expect(await keysOf(parquetOf(pages, says))).toEqual(expected)
})

test.each<[string, Buffer[], FileSays]>([
  ['a page says 2 GB', [pageOf(texts, { values: 3, unpacked: 2 * billion })], { rows: 3, codec: 1 }],
  [
    'a page says 200 MB of 10 bytes',
    [pageOf(texts, { values: 3, unpacked: 200_000_000 })],
    { rows: 3, codec: 1 },
  ],
  ['a page says a negative size', [pageOf(texts, { values: 3, packed: -20 })], { rows: 3 }],
  ['a page says more bytes than there are', [pageOf(texts, { values: 3, packed: billion })], { rows: 3 }],
  ['a page says more values than rows', [pageOf(texts, { values: billion })], { rows: 3 }],
  ['a row group says a billion rows', [pageOf(texts, { values: 3 })], { rows: billion }],
  ['a dictionary says a billion values', [pageOf(texts, { values: billion, type: 2 })], { rows: 3 }],
  [
    'five bytes say a billion indexes',
    [dictionary, pageOf(Buffer.concat([Buffer.from([1]), runOf(billion, 0)]), { values: 3, encoding: 8 })],
    { rows: 3 },
  ],
  [
    'five bytes say a billion levels',
    [pageOf(Buffer.concat([withLength(runOf(billion, 1)), texts]), { values: 3 })],
    { rows: 3, isOptional: true },
  ],
  [
    'levels say more bytes than there are',
    [page2Of(texts, { values: 3, levelBytes: billion })],
    { rows: 3, isOptional: true },
  ],
  ['levels say fewer bytes than none', [page2Of(texts, { values: 3, levelBytes: -billion })], { rows: 3 }],
  ['a page says fewer nulls than none', [page2Of(texts, { values: 3, nulls: -billion })], { rows: 3 }],
  [
    'a page does not say how long its levels are',
    [page2Of(texts, { values: 3, lacks: 5 })],
    { rows: 3, isOptional: true },
  ],
  ['a page does not say how many lists it has', [page2Of(texts, { values: 3, lacks: 6 })], { rows: 3 }],
  // A reader of the first version takes the first byte for a width, one of the second takes four for a length.
  [
    'texts are runs of bits',
    [page2Of(Buffer.concat([Buffer.from([1, 6, 0, 0]), runOf(billion, 0)]), { values: 3, encoding: 3 })],
    { rows: 3 },
  ],
  ['texts share their beginnings', [pageOf(texts, { values: 3, encoding: 7 })], { rows: 3 }],
  ['a column is outside the file', [pageOf(texts, { values: 3 })], { rows: 3, offset: billion }],
  ['a column says a negative size', [pageOf(texts, { values: 3 })], { rows: 3, columnBytes: -10 }],
  ['the metadata says more bytes than there are', [], { rows: 3, metadataBytes: billion }],
  ['a list says a billion elements', [], { rows: 3, rowGroups: { list: [], says: billion } }],
  [
    'a list has more elements than any real one',
    [],
    {
      rows: 3,
      rowGroups: {
        raw: Buffer.concat([Buffer.from([0xfc, 0x80, 0x89, 0x7a]), Buffer.alloc(2_000_000)]),
        type: 9,
      },
    },
  ],
  ['a number does not end', [], { rows: 3, rowGroups: { raw: Buffer.alloc(300_000, 0xff), type: 6 } }],
  [
    'structs are nested in structs',
    [],
    { rows: 3, rowGroups: { raw: Buffer.alloc(300_000, 0x1c), type: 12 } },
  ],
])(
  'I8 a Parquet file that lies is refused by what is allowed, before it is believed: %s',
  async (_, pages, says) => {
    const failure = await keysOf(parquetOf(pages, says)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InventoryError)
    expect(failure).toMatchObject({ code: 'file_unreadable', retryable: false })
    expect((failure as InventoryError).cause).toBeInstanceOf(ParquetBoundError)
  },
)

test.each([
  ['a gigabyte without a line end', Buffer.alloc(64_000_000, 'x')],
  ['a field in quotes that does not end', Buffer.concat([Buffer.from('"'), Buffer.alloc(64_000_000, 10)])],
])(
  'I8 a CSV file of some kilobytes that unpacks to %s is refused after the first megabytes',
  async (_, unpacked) => {
    const file = gzipSync(unpacked)
    expect(file.byteLength).toBeLessThan(100_000)
    const before = process.memoryUsage().arrayBuffers
    const failure = await keysOf(file, 'CSV').catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'file_unreadable', retryable: false })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32_000_000)
  },
)

test('I8 a row of a CSV file with a million fields is refused', async () => {
  const file = gzipSync(`${','.repeat(1_000_000)}\n`)
  expect(await keysOf(file, 'CSV').catch((error: unknown) => error)).toMatchObject({
    code: 'file_unreadable',
  })
})

test.each([
  ['objects', Buffer.from(`{"files":[${'{},'.repeat(400_000)}{}]}`)],
  ['arrays in arrays', Buffer.alloc(700_000, '[')],
])('I8 a manifest of very many %s is refused before it is parsed', async (_, bytes) => {
  const url = await publishReport(aws.s3, { bucket, format: 'CSV', files: [] })
  const key = url.slice(`s3://${bucket}/`.length)
  await putObject(aws.s3, { bucket, key, bytes })
  const checksum = Buffer.from(md5(bytes))
  await putObject(aws.s3, { bucket, key: key.replace('.json', '.checksum'), bytes: checksum })
  await expect(openInventory(aws.s3, url)).rejects.toMatchObject({
    code: 'manifest_invalid',
    message: expect.stringContaining('600000 values'),
  })
})
