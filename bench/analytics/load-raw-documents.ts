import pg from 'pg'
import { copyFrom, copyText } from '../harness/copy-from.ts'
import type { HistoryFile } from './load-history.ts'

const filesPerCopy = 1_000

/** Every file as it is, in a table as one would make it first, with indexes for its time and its id. */
export async function loadRawDocuments(url: string, files: readonly HistoryFile[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('create table raw_document (source text, received_at timestamptz, document jsonb)')
  for (let at = 0; at < files.length; at += filesPerCopy) {
    const lines = files
      .slice(at, at + filesPerCopy)
      .map(({ source, writtenAt, bytes }) =>
        [source, writtenAt.toISOString(), bytes.toString()].map(copyText).join('\t'),
      )
    await copyFrom(client, 'copy raw_document from stdin', Buffer.from(`${lines.join('\n')}\n`))
  }
  await client.query('create index on raw_document (received_at)')
  await client.query(`create index on raw_document (source, (document ->> 'id'))`)
  await client.end()
}
