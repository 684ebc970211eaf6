import { gunzipSync, gzipSync } from 'node:zlib'
import { allColumns, writeFile } from '../../../packages/storage/test/inventory/write-inventory.ts'
import type { Target } from '../target.ts'
import { openInventoryReader } from './inventory-file.ts'
import { inventoryRows } from './inventory-rows.ts'

/** A CSV file of S3 Inventory, before its compression. */
export function inventoryCsv(): Target {
  const { read, close } = openInventoryReader('CSV', allColumns)
  const seeds = [gunzipSync(writeFile('CSV', inventoryRows)), Buffer.from('"a","b"\n')]
  return {
    name: 'inventory-csv',
    bytesMax: 49_152,
    form: 'text',
    seeds: () => seeds,
    words: [
      '"',
      '""',
      ',',
      '\n',
      '\r\n',
      '"\n"',
      'true',
      'false',
      '%00',
      '%2',
      '+',
      '1e9',
      '-1',
      '9007199254740993',
      '2026-02-30T00:00:00.000Z',
      '\ufeff',
      '\0',
    ],
    bound: {
      steps: { least: 60_000, perByte: 180 },
      allocated: { least: 3_000_000, perByte: 6_000 },
    },
    read: (bytes) => read(gzipSync(bytes, { level: 1 })),
    close,
  }
}
