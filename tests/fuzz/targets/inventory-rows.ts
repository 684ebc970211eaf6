import type { Row } from '../../../packages/storage/test/inventory/write-inventory.ts'

const at = new Date('2026-03-23T20:17:00Z')

/** Rows of each kind: a newest version, an older one, a delete marker, and a key with odd characters. */
export const inventoryRows: Row[] = [
  {
    Key: 'acme/call-1.json',
    VersionId: 'v1',
    IsLatest: true,
    IsDeleteMarker: false,
    Size: 15_992,
    LastModifiedDate: at,
    ETag: '5d41402abc4b2a76b9719d911017c592',
  },
  {
    Key: 'acme/call-1.json',
    VersionId: 'v0',
    IsLatest: false,
    IsDeleteMarker: false,
    Size: 1,
    LastModifiedDate: at,
  },
  { Key: 'acme/call-2.json', IsLatest: true, IsDeleteMarker: true },
  { Key: 'acme/ü "a" +%.json', Size: 0, LastModifiedDate: at, StorageClass: 'GLACIER' },
]
