import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openInventory } from '../src/listing/inventory/open-inventory.ts'
import { readInventoryFile } from '../src/listing/inventory/read-inventory-file.ts'
import { keyProblem } from '../src/objects/object-key.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'
import { seed } from './fast-check-seed.ts'
import { type Format, publishReport, writeFile } from './inventory/write-inventory.ts'

const bucket = 'reports'
let aws: EmulatedAws

beforeAll(async () => {
  aws = await startEmulatedAws()
  aws.server.createBucket(bucket)
})
afterAll(() => aws.stop())

const row = fc.record(
  {
    Key: fc.string({ unit: 'binary', maxLength: 200 }).filter((key) => keyProblem(key) === undefined),
    IsLatest: fc.boolean(),
    IsDeleteMarker: fc.boolean(),
    Size: fc.nat(),
    LastModifiedDate: fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
  },
  { requiredKeys: ['Key'] },
)

describe.each<Format>(['CSV', 'Parquet'])(`any %s file of an inventory (FC_SEED=${seed})`, (format) => {
  it('returns exactly the newest contents of its rows, from any start row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), fc.nat(45), async (rows, startRow) => {
        const url = await publishReport(aws.s3, { bucket, format, files: [writeFile(format, rows)] })
        const inventory = await openInventory(aws.s3, url)
        const [file] = inventory.files
        if (file === undefined) throw new Error('the report has no file')
        const pages = await Array.fromAsync(readInventoryFile(aws.s3, inventory, file, { startRow }))
        const expected = rows
          .slice(startRow)
          .filter(({ IsLatest, IsDeleteMarker }) => IsLatest !== false && IsDeleteMarker !== true)
        const listed = pages.flatMap(({ objects }) => objects)
        expect(listed.map(({ key, sizeBytes, lastModified }) => ({ key, sizeBytes, lastModified }))).toEqual(
          expected.map(({ Key, Size, LastModifiedDate }) => ({
            key: Key,
            sizeBytes: Size,
            lastModified: LastModifiedDate,
          })),
        )
        expect(pages.at(-1)?.rows ?? startRow).toBe(Math.max(rows.length, startRow))
      }),
      { numRuns: 25 },
    )
  })
})
