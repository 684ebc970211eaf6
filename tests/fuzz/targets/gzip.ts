import { gunzipSync, gzipSync } from 'node:zlib'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import { lyingGzip } from '@aftercall/testkit/costly-content'
import { must, type Target } from '../target.ts'
import { checkReading } from './document.ts'
import { filesIn } from './fixtures.ts'

/** The bound of what is unpacked, and so of the cost of an input of any size. */
const bytesMax = 131_072

/** A compressed object. The first byte of an input says how the others become one. */
export function gzip(): Target {
  const documents = filesIn('packages/testkit/fixtures/faults').slice(0, 4)
  const seeds = [
    ...documents.flatMap((bytes) => [
      Buffer.concat([Buffer.of(0), bytes]),
      Buffer.concat([Buffer.of(1), gzipSync(bytes)]),
    ]),
    Buffer.concat([Buffer.of(1), lyingGzip(200_000)]),
    Buffer.concat([Buffer.of(2), ...documents.slice(0, 2)]),
  ]
  return {
    name: 'gzip',
    bytesMax: 16_384,
    form: 'bytes',
    seeds: () => seeds,
    words: ['\x1f', '\x08', '{"id":1}', '[', ',', '{}', ']'],
    bound: {
      steps: { least: 100_000 + 60 * bytesMax, perByte: 60 },
      allocated: { least: 3_000_000 + 2_500 * bytesMax, perByte: 2_500 },
    },
    read(input) {
      const bytes = compressed(input)
      const reading = readDocuments({ key: 'acme/call-1.json.gz', bytes, bytesMax })
      const plain = unpack(bytes)
      if (plain === undefined) must(reading.kind === 'unreadable', 'what cannot be unpacked is unreadable')
      else if (!isGzip(plain))
        must(
          JSON.stringify(reading) ===
            JSON.stringify(readDocuments({ key: 'acme/call-1.json.gz', bytes: plain, bytesMax })),
          'a compressed object is read as the same object without compression',
        )
      return checkReading(reading)
    },
  }
}

function compressed([how = 0, ...rest]: Uint8Array): Uint8Array {
  const bytes = Buffer.from(rest)
  switch (how % 3) {
    case 0:
      return gzipSync(bytes)
    case 1:
      // The two bytes by which it is known, so that the others are looked at.
      return Buffer.concat([Buffer.of(0x1f, 0x8b), bytes.subarray(2)])
    default: {
      const half = bytes.length >> 1
      return Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))])
    }
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

function unpack(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: bytesMax })
  } catch {
    return undefined
  }
}
