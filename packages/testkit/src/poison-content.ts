import { gzipSync } from 'node:zlib'

type Poison = { code: string; contentOf(id: number): { key: string; bytes: Uint8Array } }

const file = (name: string, content: string | Uint8Array) => ({ key: name, bytes: Buffer.from(content) })
const document = (id: number, changes: object): string =>
  JSON.stringify({ id, call_type: 'inbound', created_at: '2026-03-23T20:17:00.000Z', ...changes })

const kinds: readonly Poison[] = [
  { code: 'not_json', contentOf: (id) => file(`call-${id}.json`, document(id, {}).slice(0, -9)) },
  { code: 'not_json', contentOf: (id) => file(`words-${id}.json`, `Dear customer ${id}`) },
  { code: 'empty_object', contentOf: (id) => file(`empty-${id}.json`, '') },
  {
    code: 'gzip_broken',
    contentOf: (id) =>
      file(`cut-${id}.json.gz`, gzipSync(document(id, { padding: 'x'.repeat(id) })).subarray(0, 40)),
  },
  {
    code: 'identity_unreadable',
    contentOf: (id) => file(`no-id-${id}.json`, document(id, { id: undefined })),
  },
  {
    code: 'identity_unreadable',
    contentOf: (id) => file(`no-time-${id}.json`, document(id, { created_at: 'yesterday' })),
  },
  {
    code: 'document_too_deep',
    contentOf: (id) =>
      file(`deep-${id}.json`, document(id, {}).replace('{', `{"deep":${'['.repeat(999)}${']'.repeat(999)},`)),
  },
]

/** Files that look like session files but can never be loaded, each kind in turn, with the code of their rejection. */
export function poisonContent(id: number): { key: string; bytes: Uint8Array; code: string } {
  const kind = kinds[id % kinds.length]
  if (kind === undefined) throw new RangeError(`${id} is not a whole number`)
  return { ...kind.contentOf(id), code: kind.code }
}
