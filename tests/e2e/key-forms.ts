import { gzipSync } from 'node:zlib'

const mark = Buffer.from([0xef, 0xbb, 0xbf])
export type Form = { of: string; key(name: string): string; content?(bytes: Buffer): Buffer }
const id = (name: string) => name.replace(/\D/g, '')

/** Every form of key and content of the contract, section d, and those that other senders make of them. */
export const forms: Form[] = [
  { of: 'channel and id below a day', key: (name) => `metadata/2026/03/23/${name}.json` },
  { of: 'metadata and id', key: (name) => `metadata-${id(name)}.json` },
  { of: 'metadata, channel and id', key: (name) => `metadata_/metadata-${name}.json` },
  { of: 'metadata and id as text', key: (name) => `metadata-${id(name)}.txt` },
  { of: 'channel and id as text, the name of a transcript', key: (name) => `${name}.txt` },
  { of: 'a tenant before metadata', key: (name) => `prober-gx.ew1/metadata/${name}.json` },
  { of: 'the bare name', key: (name) => `${name}/metadata.json` },
  { of: 'no known name at all', key: (name) => `upload.${id(name)}.tmp` },
  { of: 'a space', key: (name) => `my files/metadata/${name}.json` },
  { of: 'a plus', key: (name) => `a+b/${name}.json` },
  { of: 'a percent sign', key: (name) => `100%/%2F/${name}.json` },
  { of: 'unicode', key: (name) => `客服/Zürich 🎧/${name}.json` },
  { of: 'characters of URLs', key: (name) => `a=1&b;c,d@e:f?g#h'("i")/${name}.json` },
  { of: 'gzip content', key: (name) => `metadata/${name}.json`, content: (bytes) => gzipSync(bytes) },
  {
    of: 'a byte order mark',
    key: (name) => `metadata/${name}.json`,
    content: (bytes) => Buffer.concat([mark, bytes]),
  },
  {
    of: 'gzip content with a byte order mark',
    key: (name) => `metadata/${name}.json.gz`,
    content: (bytes) => gzipSync(Buffer.concat([mark, bytes])),
  },
  { of: 'an array', key: (name) => `${name}.json`, content: (bytes) => Buffer.from(`[${bytes.toString()}]`) },
]

export function wrapIn(name: string, bytes: Buffer): Buffer {
  return Buffer.from(`{"${name}":${bytes.toString()}}`)
}
