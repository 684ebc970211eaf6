import { readFileSync } from 'node:fs'
import { billOf } from '@aftercall/operator/cost/aws-bill'
import { awsPrices, machinePrices } from '@aftercall/operator/cost/aws-prices'
import { sumOf } from '@aftercall/operator/cost/bill-line'
import { expect, test } from 'vitest'
import { backfillBills, formatCost, liveBills, monthlyBills } from '../src/backfill/cost/print-cost.ts'

const million = { objects: 1_000_000, listCalls: 1_000, kmsShare: 0, queue: undefined }

function dollarsOf(lines: ReturnType<typeof billOf> | undefined): number {
  return Number(sumOf(lines ?? []).toFixed(4))
}

test('a backfill of a million files costs $0.41, and almost a cent more through the queue', () => {
  expect(dollarsOf(billOf(million))).toBe(0.405)
  const queue = { objectsPerMessage: 25, messagesPerCall: 10 }
  expect(dollarsOf(billOf({ ...million, queue }))).toBe(0.413)
})

test('without a bucket key, KMS is most of the bill', () => {
  const lines = billOf({ ...million, kmsShare: 1 })
  expect(lines.find(({ item }) => item === 'KMS Decrypt')).toMatchObject({ calls: 1_000_000, dollars: 3 })
})

test('the bill has no lines without calls', () => {
  expect(billOf({ ...million, listCalls: 0, objects: 0 })).toEqual([])
})

test('a million files cost at most $1.60 as they land, and at most $0.45 in a backfill', () => {
  expect(dollarsOf(liveBills['ten messages per call'])).toBe(0.88)
  expect(dollarsOf(liveBills['one message per call (the most expensive case)'])).toBeLessThanOrEqual(1.6)
  for (const way of ['from a listing', 'from an inventory', 'from a listing, through the queue']) {
    expect(dollarsOf(backfillBills[way]), way).toBeGreaterThan(0.4)
    expect(dollarsOf(backfillBills[way]), way).toBeLessThanOrEqual(0.45)
  }
})

test('EventBridge adds one dollar, KMS adds three, and an idle worker costs less than a dollar per month', () => {
  expect(dollarsOf(liveBills['through EventBridge'])).toBe(1.88)
  expect(dollarsOf(liveBills['SSE-KMS without a bucket key'])).toBe(3.88)
  expect(dollarsOf(monthlyBills['one worker, one queue, idle'])).toBe(0.2592)
  expect(dollarsOf(monthlyBills['ten million keys reconciled daily'])).toBe(1.5)
})

test('docs/cost.md has the tables that the code computes, and every price names its source', () => {
  const doc = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8')
  expect(doc).toContain(`<!-- by write-cost.ts -->\n\n${formatCost()}\n\n<!-- until here -->`)
  for (const { source } of Object.values(awsPrices)) {
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9]+\/pricing\/$/)
  }
})

test('docs/cost.md quotes the prices of machines that docs/scale.md counts with', () => {
  const doc = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8')
  for (const { asQuoted } of Object.values(machinePrices)) expect(doc).toContain(asQuoted)
})

test('the worker reads its gauges as often as the bill assumes', () => {
  const source = readFileSync(new URL('../../worker/src/watch-gauges.ts', import.meta.url), 'utf8')
  expect(source).toContain('const everyMs = 15_000')
  expect(source.match(/await (queueDepth|readQueueSettings)\(/g)).toHaveLength(3)
})
