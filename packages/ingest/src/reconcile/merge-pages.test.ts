import { propertyOptions } from '@aftercall/testkit/test-seed'
import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergePages } from './merge-pages.ts'

test('keys of both sides meet, in the order of their UTF-8 bytes, whatever the pages', async () => {
  const key = fc
    .string({
      unit: fc.constantFrom('a', '/', '-', '0', 'é', '\uffff', '\u{10000}', '\u{1f600}'),
      maxLength: 4,
    })
    .filter((text) => text !== '')
  const side = fc.record({
    keys: fc.uniqueArray(key, { maxLength: 30 }),
    pageSize: fc.integer({ min: 1, max: 7 }),
  })
  await fc.assert(
    fc.asyncProperty(side, side, async (bucket, ledger) => {
      const pairs = await collect(mergePages(pagesOf(bucket, toListed), pagesOf(ledger, toKnown)))
      const all = inByteOrder([...new Set([...bucket.keys, ...ledger.keys])])
      expect(pairs.map((pair) => [pair.key, pair.listed?.key, pair.known?.key])).toEqual(
        all.map((one) => [
          one,
          bucket.keys.includes(one) ? one : undefined,
          ledger.keys.includes(one) ? one : undefined,
        ]),
      )
    }),
    propertyOptions(200),
  )
})

test('an error of one side ends the walk with that error, and closes the other side', async () => {
  let isClosed = false
  async function* endless() {
    try {
      for (let id = 0; ; id += 1) yield [toKnown(String(id).padStart(9, '0'))]
    } finally {
      isClosed = true
    }
  }
  async function* broken() {
    yield [toListed('000000003')]
    throw new Error('the listing broke off')
  }
  await expect(collect(mergePages(broken(), endless()))).rejects.toThrow('the listing broke off')
  expect(isClosed).toBe(true)
})

async function collect<One>(pages: AsyncIterable<One[]>): Promise<One[]> {
  const all: One[] = []
  for await (const page of pages) all.push(...page)
  return all
}

async function* pagesOf<One>(
  { keys, pageSize }: { keys: string[]; pageSize: number },
  make: (key: string) => One,
): AsyncGenerator<One[]> {
  const sorted = inByteOrder(keys)
  for (let start = 0; start < sorted.length; start += pageSize) {
    yield sorted.slice(start, start + pageSize).map(make)
  }
}

function inByteOrder(keys: string[]): string[] {
  return keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
}

function toListed(key: string) {
  return { key }
}

function toKnown(key: string): KnownObject {
  const none = { code: null, etag: null, sizeBytes: null, lastModified: null, removedAt: null }
  return { key, outcome: 'stored', settledAt: new Date(0), settleCount: 1, ...none }
}
