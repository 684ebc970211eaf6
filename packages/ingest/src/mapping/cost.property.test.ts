import { costlyContent, costlyNames } from '@aftercall/testkit/costly-content'
import { propertyOptions } from '@aftercall/testkit/fast-check-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { documentLimits } from '../document-limits.ts'
import { mapFetched } from '../map-fetched.ts'
import { costBoundsOf } from './cost-bounds.ts'

const limits = { ...documentLimits, objectBytesMax: 8_388_608 }

const object = { bucket: 'b', key: 'call-1.json', source: 'acme', receiveCount: 1 }

type Cost = { bytes: number; cpuMs: number }

/** CPU time of the whole mapping, the least of several: what else the machine does only ever adds to it. */
function costOf(text: string, tries: number): Cost {
  const bytes = Buffer.from(text)
  const lastModified = new Date('2026-03-24T00:00:00Z')
  const fetched = { kind: 'found', bytes, sizeBytes: bytes.byteLength, lastModified } as const
  let cpuMs = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const before = process.cpuUsage()
    mapFetched(limits, { name: 'acme', timeZone: 'America/New_York' }, object, {
      ...fetched,
      key: 'call-1.json',
      foundAs: 'announced',
    })
    const { user, system } = process.cpuUsage(before)
    cpuMs = Math.min(cpuMs, (user + system) / 1000)
  }
  return { bytes: bytes.byteLength, cpuMs }
}

/** What is quadratic costs 256 times as much for 16 times the bytes. */
const step = 16
const slack = 4
/** Less is noise. */
const cpuMsLeast = 1

function expectLinear(names: string | readonly string[], size: number): void {
  const few = costOf(costlyContent(names, size), 3)
  const many = costOf(costlyContent(names, size * step), 2)
  const expected = Math.max(cpuMsLeast, few.cpuMs) * (many.bytes / few.bytes)
  expect(many.cpuMs).toBeLessThan(expected * slack)
  // The watchdog leaves every document that we know several times what it takes.
  const { cpuMs } = costBoundsOf(new Uint8Array(many.bytes), limits.objectBytesMax)
  expect(many.cpuMs * 3).toBeLessThan(cpuMs)
}

test.each(costlyNames)('I5 mapping costs no more than linearly in the bytes of %s', (name) => {
  expectLinear(name, 1_000)
})

test('I5 mapping costs no more than linearly in the bytes of a document that is costly in several ways', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...costlyNames), { minLength: 2, maxLength: 4 }),
      fc.integer({ min: 200, max: 500 }),
      expectLinear,
    ),
    propertyOptions('a document that is costly in several ways', 10),
  )
})
