import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { type DocumentKeys, type KeyPlace, makeDataKey, unwrapDataKey } from './document-keys.ts'
import { type ContentName, type DataKey, sealBytes } from './seal-bytes.ts'

/** Encrypts the documents of a batch. */
export type Sealer = {
  seal(place: KeyPlace, name: ContentName, content: Uint8Array): Buffer
}

/** One for a process. Keeps the data keys that it has unwrapped in memory. */
export type Sealing = {
  /** Makes the data keys that are missing, before the batch's transaction: no loader waits for another's key. */
  ensure(db: Database, places: readonly KeyPlace[]): Promise<void>
  /**
   * Inside the transaction: the keys cannot be deleted before it has ended. Locks their rows FOR KEY SHARE, which conflicts
   * only with a deletion.
   * @throws DocumentKeyError if the configured keys do not fit; an error that may pass if a key was deleted meanwhile
   */
  hold(db: Database, places: readonly KeyPlace[]): Promise<Sealer>
}

type Row = { id: string; source: string; month: string; keyId: string; wrapped: Buffer }

export function createSealing(keys: DocumentKeys): Sealing {
  const known = new Set<string>()
  const unwrapped = new Map<string, DataKey>()

  async function ensure(db: Database, places: readonly KeyPlace[]): Promise<void> {
    const missing = distinct(places).filter((place) => !known.has(textOf(place)))
    if (missing.length === 0) return
    const rows = missing.map((place) => {
      const { wrapped } = makeDataKey(keys, place)
      return { ...place, wrapped: wrapped.toString('base64') }
    })
    await sql`
      insert into warehouse.data_key (source, month, key_id, wrapped_key)
      select source, (month || '-01')::date, ${keys.currentId}, decode(wrapped, 'base64')
      from json_to_recordset(${JSON.stringify(rows)}::json) as made (source text, month text, wrapped text)
      where not exists (
        select from warehouse.data_key there where there.source = made.source and there.month = (made.month || '-01')::date)
      order by source, month
      on conflict (source, month) do nothing
    `.execute(db)
    for (const place of missing) known.add(textOf(place))
  }

  async function hold(db: Database, places: readonly KeyPlace[]): Promise<Sealer> {
    const wanted = distinct(places)
    const held = new Map<string, DataKey>()
    const answer = await sql<Row>`
      select own.data_key_id::text as id, own.source, to_char(own.month, 'YYYY-MM') as month, own.key_id as "keyId",
             own.wrapped_key as wrapped
      from json_to_recordset(${JSON.stringify(wanted)}::json) as place (source text, month text)
      join warehouse.data_key own on own.source = place.source and own.month = (place.month || '-01')::date
      order by own.data_key_id for key share of own
    `.execute(db)
    for (const row of answer.rows) held.set(textOf(row), dataKeyOf(row))
    const gone = wanted.find((place) => !held.has(textOf(place)))
    if (gone !== undefined) {
      known.clear()
      throw new Error(`the data key of ${gone.source} ${gone.month} was deleted meanwhile; it is made again`)
    }
    return {
      seal(place, name, content) {
        const dataKey = held.get(textOf(place))
        if (dataKey === undefined) throw new TypeError(`no data key is held for ${textOf(place)}`)
        return sealBytes(dataKey, name, content)
      },
    }
  }

  function dataKeyOf({ id, keyId, wrapped, source, month }: Row): DataKey {
    const before = unwrapped.get(id)
    if (before !== undefined) return before
    const key = unwrapDataKey(keys, { keyId, wrapped, place: { source, month } })
    const dataKey = { id: BigInt(id), key }
    if (unwrapped.size >= unwrappedMax) unwrapped.clear()
    unwrapped.set(id, dataKey)
    return dataKey
  }

  return { ensure, hold }
}

/** Documents may name any month. */
const unwrappedMax = 10_000

function textOf({ source, month }: KeyPlace): string {
  return `${source} ${month}`
}

function distinct(places: readonly KeyPlace[]): KeyPlace[] {
  return [
    ...new Map(places.map(({ source, month }) => [textOf({ source, month }), { source, month }])).values(),
  ]
}
