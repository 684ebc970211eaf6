import { createHash } from 'node:crypto'
import { openInventory } from '@aftercall/storage/listing/inventory/open-inventory'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import { InventoryError } from '../../../packages/storage/src/listing/inventory/inventory-error.ts'
import { must, type Target } from '../target.ts'
import { clientOf, rangeOf } from './fake-store.ts'
import { wordsOf } from './fixtures.ts'

const file = { key: 'data/0.csv.gz', size: 2_147_483_647, MD5checksum: 'f11166069f1990abeb9c97ace9cdfabc' }
const manifest = {
  sourceBucket: 'sessions',
  destinationBucket: 'arn:aws:s3:::reports',
  version: '2016-11-30',
  creationTimestamp: '1514944800000',
  fileFormat: 'CSV',
  fileSchema: 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag',
  files: [file, { ...file, key: 'data/1.csv.gz' }],
}
const schema =
  'message s3.inventory { required binary bucket (STRING); optional int64 size; required binary key (STRING); }'
const seeds = [manifest, { ...manifest, fileFormat: 'Parquet', fileSchema: schema }].map((one) =>
  Buffer.from(JSON.stringify(one)),
)

/** The manifest of an S3 Inventory, with its right checksum beside it. */
export function inventoryManifest(): Target {
  let sent: Uint8Array = new Uint8Array()
  const client = clientOf(({ path }) => {
    const checksum = createHash('md5').update(sent).digest('hex')
    return rangeOf(path.endsWith('checksum') ? Buffer.from(checksum) : sent, undefined)
  })
  return {
    name: 'inventory-manifest',
    bytesMax: 65_536,
    form: 'json',
    seeds: () => seeds,
    words: [...wordsOf(seeds), 'ORC', 'required binary ', 'optional ', ', ', '9999999999999999'],
    bound: {
      steps: { least: 100_000, perByte: 25 },
      allocated: { least: 4_000_000, perByte: 1_500 },
    },
    async read(bytes) {
      sent = bytes
      try {
        const inventory = await openInventory(client, 's3://reports/inventory/manifest.json')
        must(!Number.isNaN(inventory.createdAt.getTime()), 'a report has a time')
        must(
          inventory.files.every(({ key, sizeBytes }) => key !== '' && Number.isSafeInteger(sizeBytes)),
          'a file has a key and a size',
        )
        return inventory
      } catch (error) {
        // An empty answer may come from something before the store, so it is asked again.
        const isKnown = error instanceof InventoryError || error instanceof ObjectFetchError
        must(isKnown, `only an InventoryError or an ObjectFetchError is thrown, not ${String(error)}`)
        must(!/[\n\r]/.test(error.message) && error.message.length < 1_500, 'an error is one short line')
        return { code: error.code, message: error.message }
      }
    },
    close: async () => client.destroy(),
  }
}
