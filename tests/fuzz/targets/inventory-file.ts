import { createHash } from 'node:crypto'
import type { Inventory } from '@aftercall/storage/listing/inventory/open-inventory'
import { readInventoryFile } from '@aftercall/storage/listing/inventory/read-inventory-file'
import { InventoryError } from '../../../packages/storage/src/listing/inventory/inventory-error.ts'
import { must } from '../target.ts'
import { clientOf, rangeOf } from './fake-store.ts'

/** Reads files of reports as a backfill does. */
export function openInventoryReader(format: 'CSV' | 'Parquet', columns: readonly string[]) {
  let sent: Uint8Array = new Uint8Array()
  const client = clientOf(({ range }) => rangeOf(sent, range))
  return {
    async read(file: Uint8Array): Promise<unknown> {
      sent = file
      const md5 = createHash('md5').update(file).digest('hex')
      const entry = { key: 'data/0', sizeBytes: file.byteLength, md5 }
      const report: Inventory = {
        ...{
          url: 's3://reports/manifest.json',
          sourceBucket: 'sessions',
          destinationBucket: 'reports',
          format,
        },
        ...{ createdAt: new Date(0), columns: [...columns], lacks: [], files: [entry] },
      }
      try {
        const pages = await Array.fromAsync(readInventoryFile(client, report, entry))
        const objects = pages.flatMap((page) => page.objects)
        for (const { key, sizeBytes, lastModified } of objects) {
          must(typeof key === 'string' && key !== '', 'an object has a key')
          must(
            sizeBytes === undefined || (Number.isSafeInteger(sizeBytes) && sizeBytes >= 0),
            'a size is a size',
          )
          must(lastModified === undefined || !Number.isNaN(lastModified.getTime()), 'a time is a time')
        }
        return { rows: pages.at(-1)?.rows, objects }
      } catch (error) {
        must(error instanceof InventoryError, `only an InventoryError is thrown, not ${String(error)}`)
        must(!/[\n\r]/.test(error.message), 'an error is one line')
        return { code: error.code, message: error.message }
      }
    },
    close: async () => client.destroy(),
  }
}
