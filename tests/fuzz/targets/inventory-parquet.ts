import { allColumns, writeParquet } from '../../../packages/storage/test/inventory/write-inventory.ts'
import type { Target } from '../target.ts'
import { openInventoryReader } from './inventory-file.ts'
import { inventoryRows } from './inventory-rows.ts'

/** The rows that a few bytes of a column can stand for. */
const rowsMax = 1_000_000

/** A Parquet file of S3 Inventory. */
export function inventoryParquet(): Target {
  const names = [
    'bucket',
    'key',
    'version_id',
    'is_latest',
    'is_delete_marker',
    'size',
    'last_modified_date',
    'e_tag',
    'storage_class',
  ]
  const { read, close } = openInventoryReader('Parquet', names)
  const seeds = [
    writeParquet(inventoryRows),
    writeParquet(inventoryRows, allColumns, { codec: 'UNCOMPRESSED', rowGroupSize: 2, offsetIndex: false }),
    writeParquet(Array.from({ length: 40 }, (_, row) => ({ Key: `acme/${row % 4}`, Size: row }))),
  ]
  return {
    name: 'inventory-parquet',
    bytesMax: 32_768,
    form: 'bytes',
    seeds: () => seeds,
    words: ['PAR1', '\x15\x00', '\x19\x1c', '\x15\x80\x80\x80\x80\x10', ...names],
    bound: {
      steps: { least: 200_000 + 20 * rowsMax, perByte: 2_000 },
      allocated: { least: 10_000_000 + 100 * rowsMax, perByte: 20_000 },
    },
    read,
    close,
  }
}
