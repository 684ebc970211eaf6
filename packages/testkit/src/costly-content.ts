import { gzipSync } from 'node:zlib'

const many = (count: number, write: (index: number) => string, between = ','): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(between)

const two = (number: number): string => String(number).padStart(2, '0')

/** A different day for each index, in a year that a document can have. */
function dateOf(index: number): string {
  return `${1_600 + (Math.floor(index / 336) % 600)}-${two(1 + (index % 12))}-${two(1 + (Math.floor(index / 12) % 28))}`
}

/** Half a surrogate pair as a JSON escape. The first 2,048 are all different. */
const halfPair = (index: number): string => `\\ud${(0x800 + (index % 0x800)).toString(16)}`

const manyDocuments = 'many documents'

/** Members of a session that make a file as costly as possible for its size, by name. */
const members: { readonly [Name in string]: (size: number) => string } = {
  'keys that become the same': (size) =>
    many(size, (index) => `"${halfPair(index)}${halfPair(index >> 11)}":1`),
  'keys that meet a number': (size) =>
    many(size, (index) => (index % 2 === 0 ? `"${halfPair(index)}":1` : `"\uFFFD${index}":1`)),
  'many keys': (size) => many(size, (index) => `"k${index}":1`),
  'many keys beside an exact number': (size) =>
    `"n":1234567890123456789,${many(size, (index) => `"k${index}":1`)}`,
  'the same key': (size) => many(size, () => '"k":1'),
  'keys that are numbers': (size) => many(size, (index) => `"${index * 16_777_216}":1`),
  'keys below a long key': (size) =>
    `"x":{"${'k'.repeat(size * 4)}":{${many(size, (index) => `"k${index}":1`)}}}`,
  'arrays in arrays': (size) => `"x":${'['.repeat(size)}${']'.repeat(size)}`,
  'values that are deep': (size) => `"x":${'['.repeat(50)}${many(size, () => '1')}${']'.repeat(50)}`,
  'empty objects': (size) => `"x":[${many(size, () => '{}')}]`,
  'a long text': (size) => `"x":"${'a'.repeat(size * 8)}"`,
  'a long text of spaces': (size) => `"status":"${' '.repeat(size * 8)}x"`,
  'a long time': (size) => `"ended_at":"2026-03-23T13:12${' '.repeat(size * 8)}x"`,
  'characters that cannot be stored': (size) => `"x":"${'\\u0000'.repeat(size)}"`,
  'a number of many digits': (size) => `"x":${'9'.repeat(size * 8)}`,
  'numbers of many digits': (size) => `"x":[${many(size, () => '1234567890123456')}]`,
  'texts that look like numbers': (size) => `"x":"${'1.1e1 '.repeat(size)}"`,
  'times without an offset': (size) =>
    `"handle_durations":[${many(size, (index) => `{"id":${index},"started_at":"${dateOf(index)} 10:00"}`)}]`,
  'unknown words': (size) =>
    `"participants":[${many(size, (index) => `{"id":${index},"type":"q-${index} r"}`)}]`,
  'unknown fields': (size) =>
    `"participants":[${many(size, (index) => `{"id":${index},"m${index}":{"a":{"b":1}}}`)}]`,
  'elements that are not rows': (size) => `"participants":[${many(size, () => '1')}]`,
  'a path of menus': (size) =>
    `"menu_path":{"materialized_path":"${many(size, (i) => String(i % 10), '/')}"}`,
  'rows within a row': (size) =>
    `"recordings":[{"id":1,"redaction_times":[${many(size, (index) => `{"id":${index},"x":1}`)}]}]`,
}

export const costlyNames: readonly string[] = [...Object.keys(members), manyDocuments]

/** A costly file by one or more names. `size` is the number of repeated parts. */
export function costlyContent(names: string | readonly string[], size: number, id = 1): string {
  const all = [names].flat()
  if (!all.includes(manyDocuments)) return session(id, all.map((name) => members[name]?.(size)).join())
  // An object may have at most 5,000 documents.
  const documents = size > 100_000 ? 5_000 : 1_000
  const rows = Math.ceil(size / documents)
  const participants = `"participants":[${many(rows, (index) => `{"id":${index}}`)}]`
  return `[${many(documents, (index) => session(id + index, participants))}]`
}

function session(id: number, more: string): string {
  return `{"id":${id},"call_type":"Voice Inbound","created_at":"2026-03-23T13:12:51.000-07:00",${more}}`
}

/** A few kilobytes that decompress to `unpackedBytes`, but whose trailer declares an empty file. */
export function lyingGzip(unpackedBytes: number): Uint8Array {
  return Buffer.concat([gzipSync(Buffer.alloc(unpackedBytes, ' ')), gzipSync('')])
}
