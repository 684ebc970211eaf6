import { createHash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { copyFrom, copyText } from '../../harness/copy-from.ts'
import type { S3Record } from '../conventional/s3-event-schema.ts'
import { prepareSql, stageSql, writeLoadSql } from './load-sql.ts'

export type FetchedFile = { record: S3Record; bytes: Uint8Array; lastModified: Date }

const loadSql = writeLoadSql()
const prepared = new WeakSet<PoolClient>()

/** In one transaction: COPY of the unchanged documents, then SQL. */
export async function loadBatch(pool: Pool, files: readonly FetchedFile[]): Promise<void> {
  const client = await pool.connect()
  try {
    if (!prepared.has(client)) await client.query(prepareSql)
    prepared.add(client)
    await client.query('begin')
    await copyFrom(client, stageSql, Buffer.from(files.map(stagedLine).join('')))
    await client.query(loadSql)
    await client.query('commit')
  } finally {
    client.release()
  }
}

function stagedLine({ record, bytes, lastModified }: FetchedFile): string {
  const { bucket, object } = record.s3
  const values = [
    bucket.name,
    object.key,
    object.eTag,
    object.versionId,
    object.sequencer,
    object.size,
    lastModified.toISOString(),
    record.eventName,
    record.eventTime.toISOString(),
    `\\x${createHash('sha256').update(bytes).digest('hex')}`,
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
  ]
  return `${values.map(copyText).join('\t')}\n`
}
