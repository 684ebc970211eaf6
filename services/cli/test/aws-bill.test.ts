import { expect, test } from 'vitest'
import { billOf } from '../src/backfill/aws-bill.ts'

const million = { objects: 1_000_000, listCalls: 1_000, kmsShare: 0, queue: undefined }

function dollarsOf(lines: ReturnType<typeof billOf>): number {
  return Number(lines.reduce((sum, { dollars }) => sum + dollars, 0).toFixed(4))
}

test('a million files cost $0.41 by listing, and a tenth of a cent more through the queue', () => {
  expect(dollarsOf(billOf(million))).toBe(0.405)
  const queue = { objectsPerMessage: 25, messagesPerCall: 10 }
  expect(dollarsOf(billOf({ ...million, queue }))).toBe(0.413)
})

test('without a bucket key KMS is the bill', () => {
  const lines = billOf({ ...million, kmsShare: 1 })
  expect(lines.find(({ item }) => item === 'KMS Decrypt')).toMatchObject({ calls: 1_000_000, dollars: 3 })
})

test('what is not called is not on the bill', () => {
  expect(billOf({ ...million, listCalls: 0, objects: 0 })).toEqual([])
})
