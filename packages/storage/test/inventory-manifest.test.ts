import { xmlErrorAnswer } from '@aftercall/testkit/http-fault-proxy'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { InventoryError } from '../src/listing/inventory/inventory-error.ts'
import { openInventory } from '../src/listing/inventory/open-inventory.ts'
import { putObject } from '../src/objects/fetch-object.ts'
import { ObjectFetchError } from '../src/objects/object-errors.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'
import { type Format, md5, publishReport, type Report, writeFile } from './inventory/write-inventory.ts'

const bucket = 'reports'
const rows = [{ Key: 'a.json', Size: 1 }]
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

function publish(report: Partial<Report> = {}): Promise<string> {
  return publishReport(aws.s3, { bucket, format: 'CSV', files: [writeFile('CSV', rows)], ...report })
}

async function failureOf(url: string): Promise<InventoryError> {
  const failure = await openInventory(aws.s3, url).catch((error: unknown) => error)
  if (failure instanceof InventoryError) return failure
  throw new Error('expected an InventoryError', { cause: failure })
}

describe('openInventory', () => {
  it.each<Format>(['CSV', 'Parquet'])('reads what a %s report says about itself', async (format) => {
    const file = writeFile(format, rows)
    const url = await publish({ format, files: [file] })
    const inventory = await openInventory(aws.s3, url)
    expect(inventory).toMatchObject({
      url,
      sourceBucket: 'sessions',
      destinationBucket: bucket,
      createdAt: new Date('2018-01-03T02:00:00Z'),
      format,
      lacks: [],
    })
    expect(inventory.columns).toHaveLength(9)
    expect(inventory.columns[6]).toBe(format === 'CSV' ? 'LastModifiedDate' : 'last_modified_date')
    expect(inventory.files).toEqual([
      {
        key: `inventory/sessions/daily/data/0.${format === 'CSV' ? 'csv.gz' : 'parquet'}`,
        sizeBytes: file.byteLength,
        md5: md5(file),
      },
    ])
  })

  it.each<Format>(['CSV', 'Parquet'])('says which wanted columns a %s report lacks', async (format) => {
    const all = await publish({ format, columns: ['Bucket', 'Key'] })
    expect((await openInventory(aws.s3, all)).lacks).toEqual(['LastModifiedDate', 'Size', 'ETag'])
    const one = await publish({ format, columns: ['Bucket', 'Key', 'Size', 'ETag'] })
    expect((await openInventory(aws.s3, one)).lacks).toEqual(['LastModifiedDate'])
  })

  it.each<Format>(['CSV', 'Parquet'])('refuses a %s report without keys', async (format) => {
    const url = await publish({ format, columns: ['Bucket', 'Size'] })
    expect(await failureOf(url)).toMatchObject({ code: 'column_missing', url, retryable: false })
  })

  it('accepts a report without files: the bucket was empty', async () => {
    expect((await openInventory(aws.s3, await publish({ files: [] }))).files).toEqual([])
  })

  it('reads the files from the bucket of the manifest, even if the report was copied there', async () => {
    const url = await publish({ manifest: { destinationBucket: 'arn:aws:s3:::elsewhere' } })
    expect((await openInventory(aws.s3, url)).destinationBucket).toBe(bucket)
  })

  it('refuses ORC by name, and says what to do', async () => {
    const failure = await failureOf(await publish({ manifest: { fileFormat: 'ORC' } }))
    expect(failure.code).toBe('format_unsupported')
    expect(failure.message).toContain('its files are ORC; configure the inventory to write CSV or Parquet')
  })

  it.each([
    'https://reports.s3.amazonaws.com/manifest.json',
    's3://reports',
    's3://reports/daily/',
    's3://reports/daily/symlink.txt',
    's3://reports/daily/old-manifest.json',
  ])('refuses the address %s', async (url) => {
    expect((await failureOf(url)).code).toBe('url_invalid')
  })

  it('distinguishes a missing manifest from a missing checksum', async () => {
    expect((await failureOf(`s3://${bucket}/none/manifest.json`)).code).toBe('manifest_missing')
    await putObject(aws.s3, { bucket, key: 'bare/manifest.json', bytes: Buffer.from('{}') })
    expect((await failureOf(`s3://${bucket}/bare/manifest.json`)).code).toBe('checksum_missing')
  })

  it('refuses a manifest that was changed after its checksum was written', async () => {
    const url = await publish()
    const key = url.replace(`s3://${bucket}/`, '')
    await putObject(aws.s3, { bucket, key, bytes: Buffer.from('{}') })
    expect((await failureOf(url)).code).toBe('checksum_mismatch')
  })

  it.each<[string, Record<string, unknown>]>([
    ['an invalid time', { creationTimestamp: 'yesterday' }],
    ['no schema', { fileSchema: undefined }],
    ['a file without its MD5', { files: [{ key: 'a', size: 1 }] }],
    ['an invalid size', { files: [{ key: 'a', size: -1, MD5checksum: 'f'.repeat(32) }] }],
  ])('refuses a manifest with %s, and names the field', async (_name, manifest) => {
    const failure = await failureOf(await publish({ manifest }))
    expect(failure.code).toBe('manifest_invalid')
    expect(failure.message).toContain(Object.keys(manifest)[0])
  })

  it('refuses a manifest that is not JSON', async () => {
    const bytes = Buffer.from('not json')
    await putObject(aws.s3, { bucket, key: 'x/manifest.json', bytes })
    await putObject(aws.s3, { bucket, key: 'x/manifest.checksum', bytes: Buffer.from(md5(bytes)) })
    expect((await failureOf(`s3://${bucket}/x/manifest.json`)).code).toBe('manifest_invalid')
  })

  it('fails with the store’s error if it may not be read', async () => {
    const url = await publish()
    aws.proxy.setRule(async () => xmlErrorAnswer(403, 'AccessDenied'))
    const failure = await openInventory(aws.s3, url).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ObjectFetchError)
    expect(failure).toMatchObject({ code: 'access_denied' })
  })
})
