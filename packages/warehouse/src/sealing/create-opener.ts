import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { DocumentKeyError } from './document-key-error.ts'
import { type DocumentKeys, unwrapDataKey } from './document-keys.ts'
import { type ContentName, type DataKey, dataKeyIdOf, openBytes } from './seal-bytes.ts'

/** Reads sealed bytes. For one command: it keeps the data keys that it has unwrapped. */
export type Opener = {
  /** @throws DocumentKeyError */
  open(sealed: Buffer, name: ContentName): Promise<Buffer>
}

type Row = { source: string; month: string; keyId: string; wrapped: Buffer }

/** `keys` is undefined where encryption is off; then sealed bytes of earlier times are refused with their key's id. */
export function createOpener(db: Database, keys: DocumentKeys | undefined): Opener {
  const known = new Map<bigint, Promise<DataKey>>()

  async function readKey(id: bigint): Promise<DataKey> {
    const answer = await sql<Row>`
      select source, to_char(month, 'YYYY-MM') as month, key_id as "keyId", wrapped_key as wrapped
      from warehouse.data_key where data_key_id = ${String(id)}::bigint
    `.execute(db)
    const [row] = answer.rows
    if (row === undefined) {
      throw new DocumentKeyError(
        'data_key_missing',
        `the data key ${id} was deleted: what it encrypts cannot be read any more`,
      )
    }
    const { source, month, keyId, wrapped } = row
    return { id, key: unwrapDataKey(keys, { keyId, wrapped, place: { source, month } }) }
  }

  return {
    async open(sealed, name) {
      const id = dataKeyIdOf(sealed)
      const reading = known.get(id) ?? readKey(id)
      known.set(id, reading)
      return openBytes(await reading, name, sealed)
    },
  }
}
