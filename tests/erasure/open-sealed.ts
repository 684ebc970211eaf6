import type { Database } from '@aftercall/warehouse/connection/database'
import { createOpener } from '@aftercall/warehouse/sealing/create-opener'
import type { DocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import { sql } from 'kysely'
import { findInBytes } from './search-database.ts'

type Row = { sealed: Buffer; name: string[] }

/** Every sealed value of the database that holds one of these, once it is opened. Not the product's search. */
export async function openSealed(
  db: Database,
  keys: DocumentKeys,
  wanted: readonly (string | number)[],
): Promise<string[]> {
  const opener = createOpener(db, keys)
  const ofDocuments = (table: string, kind: string) => ({
    place: `warehouse.${table}.sealed_${kind}`,
    read: sql<Row>`
      select ${sql.ref(`sealed_${kind}`)} as sealed,
             json_build_array(${kind}::text, source, channel, session_id::text, encode(content_sha256, 'hex')) as name
      from ${sql.table(`warehouse.${table}`)} where ${sql.ref(`sealed_${kind}`)} is not null`,
  })
  const reads = [
    ...['session_document', 'session_collision'].flatMap((table) => [
      ofDocuments(table, 'document'),
      ofDocuments(table, 'original'),
    ]),
    {
      place: 'ingest.rejected_content.sealed_content',
      read: sql<Row>`
        select sealed_content as sealed, json_build_array('rejected', encode(content_sha256, 'hex')) as name
        from ingest.rejected_content where sealed_content is not null`,
    },
  ]
  const found = new Set<string>()
  for (const { place, read } of reads) {
    for (const { sealed, name } of (await read.execute(db)).rows) {
      const bytes = await opener.open(sealed, name)
      for (const value of wanted) if (findInBytes(bytes, value)) found.add(`${place}: ${value}`)
    }
  }
  return [...found].sort()
}
