import { expect, test } from 'vitest'
import { createByteWriter } from './byte-writer.ts'
import { writeFields, writerOf } from './write-field.ts'

const nulls = Array.from({ length: 30 }, () => null)

test.each([
  ['id-path', Array.from({ length: 5_000 }, (_, index) => String(index))],
  ['text', 'x'.repeat(5_000)],
  ['json', { a: 'x'.repeat(5_000) }],
] as const)('the nulls behind a large value of the kind %s have room', (kind, value) => {
  const out = createByteWriter(16)
  writeFields(out, [writerOf(kind), ...nulls.map(() => writerOf('text'))], [value, ...nulls])
  expect(out.buffer.length).toBeGreaterThanOrEqual(out.at)
  expect(
    out.buffer.subarray(out.at - nulls.length * 4, out.at).equals(Buffer.alloc(nulls.length * 4, 0xff)),
  ).toBe(true)
})
