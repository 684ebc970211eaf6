import { expect, test } from 'vitest'
import { readInventoryObject } from '../src/listing/inventory/inventory-object.ts'

function lastModifiedOf(value: unknown): Date | undefined {
  const read = (column: string) =>
    column === 'Key' ? 'a.json' : column === 'LastModifiedDate' ? value : undefined
  return readInventoryObject('sessions', 'CSV', read)?.lastModified
}

test.each([
  ['2026-03-04T05:06:07.000Z', '2026-03-04T05:06:07Z'],
  ['2026-03-04t05:06:07.890123456z', '2026-03-04T05:06:07.890Z'],
  ['2026-03-04T05:06:07', '2026-03-04T05:06:07Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
  [new Date('2026-03-04T05:06:07Z'), '2026-03-04T05:06:07Z'],
  [1_772_600_767_000n, '2026-03-04T05:06:07Z'],
])('an inventory may write a time as %s', (value, instant) => {
  expect(lastModifiedOf(value)).toEqual(new Date(instant))
})

test.each([
  'soon',
  '2026-03-04',
  '2026-02-30T00:00:00Z',
  '2026-03-04T05:06:07+05:99',
  new Date(Number.NaN),
  {},
])('%s is no time, and the refusal says the column', (value) => {
  expect(() => lastModifiedOf(value)).toThrow('LastModifiedDate')
})
