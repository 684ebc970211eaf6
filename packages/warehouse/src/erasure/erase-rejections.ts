import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { fingerprintOf } from '../ledger/rejections.ts'
import { nameOfRejected } from '../sealing/content-names.ts'
import type { ErasedObject } from './erase-objects.ts'
import type { FoundSession } from './find-sessions.ts'
import { textOfContent } from './named-in-content.ts'
import { namingTest } from './naming-test.ts'
import type { Finding, PersonOpener } from './open-once.ts'
import { type Person, patternOf } from './person.ts'
import { retryConflicts } from './retry-conflicts.ts'
import { type CountingOpener, createCountingOpener, type Unreadable } from './unreadable.ts'

/**
 * Kept bytes that name the person, with a source of their rejections; null for a message that names no object. The content is
 * null where it goes unread, with a session of the person.
 */
export type FoundContent = { source: string | null; sha256: string; content: Uint8Array | null }

export type FoundContents = { contents: FoundContent[]; unreadable: Unreadable[] }

type ContentRow = {
  sha256: string
  content: Buffer | null
  sealed: Buffer | null
  sources: (string | null)[]
  isOfSession: boolean
}

const pageSize = 50

/**
 * Reads all kept bytes of the source, also those that are compressed or encrypted, and finds those of objects that held a session
 * of the person. `reads`: `all` opens the latter, too.
 */
export async function findContents(
  db: Database,
  person: Person,
  sessions: readonly FoundSession[],
  { opener, reads }: { opener: PersonOpener; reads: 'all' | 'needed' },
): Promise<FoundContents> {
  const own = JSON.stringify(sessions.filter(({ blanks }) => blanks === 'all'))
  const isNamed = namingTest(person)
  const find = (bytes: Uint8Array): Finding => (isNamed(textOfContent(bytes)) ? 'named' : 'nothing')
  const counting = createCountingOpener(opener)
  /** `content`: if it was read for its own sake. */
  const findingOf = async ({ sealed, sha256, ...row }: ContentRow, content: Uint8Array | null) => {
    const bytes = content ?? row.content
    if (bytes !== null) return find(bytes)
    return sealed === null || reads === 'all'
      ? 'nothing'
      : await counting.judge(sealed, nameOfRejected(sha256), find)
  }
  const contents: FoundContent[] = []
  for (let after = ''; ; ) {
    const answer = await sql<ContentRow>`
      select encode(c.content_sha256, 'hex') as sha256, c.content, c.sealed_content as sealed,
             array_agg(distinct r.source) as sources,
             bool_or(exists (
               select from json_to_recordset(${own}::json) as named (channel text, "sessionId" bigint)
               join warehouse.session_revision v
                 on v.source = ${person.source} and v.channel = named.channel and v.session_id = named."sessionId"
               where v.bucket = r.bucket and v.object_key = r.object_key)) as "isOfSession"
      from ingest.rejected_content c join ingest.rejection r on r.content_sha256 = c.content_sha256
      where c.content_sha256 > decode(${after}, 'hex') and (r.source = ${person.source} or r.source is null)
      group by c.content_sha256 order by c.content_sha256 limit ${pageSize}
    `.execute(db)
    for (const row of answer.rows) {
      const { sha256, sources, isOfSession } = row
      const content = reads === 'all' ? await contentOf(row, counting) : null
      if (!isOfSession && (await findingOf(row, content)) === 'nothing') continue
      for (const source of sources) contents.push({ source, sha256, content })
    }
    const last = answer.rows.at(-1)
    if (last === undefined || answer.rows.length < pageSize)
      return { contents, unreadable: counting.unreadable() }
    after = last.sha256
  }
}

async function contentOf(
  { content, sealed, sha256 }: ContentRow,
  opener: CountingOpener,
): Promise<Buffer | null> {
  if (sealed === null) return content
  return (await opener.open(sealed, nameOfRejected(sha256))) ?? null
}

type RejectionRow = {
  rejectionId: string
  source: string | null
  bucket: string | null
  objectKey: string | null
  code: string
  detail: string
  hasContent: boolean
}

/**
 * Takes bytes, keys and details that name the person out of rejections. Their fingerprints become those of the same rejection
 * without its bytes, so that a redelivery is counted on it. One whose key is gone can no longer be replayed: it is closed.
 */
export async function eraseRejections(
  db: Database,
  person: Person,
  contents: readonly FoundContent[],
  objects: readonly ErasedObject[],
): Promise<number> {
  const pattern = patternOf(person)
  const hashes = contents.map(({ sha256 }) => sha256)
  const keys = new Map(objects.map(({ bucket, key, newKey }) => [`${bucket}\n${key}`, newKey]))
  const answer = await sql<RejectionRow>`
    select rejection_id::text as "rejectionId", source, bucket, object_key as "objectKey", code, detail,
           coalesce(encode(content_sha256, 'hex') = any(${hashes}::text[]), false) as "hasContent"
    from ingest.rejection
    where (source = ${person.source} or source is null)
      and (encode(content_sha256, 'hex') = any(${hashes}::text[]) or detail ~* ${pattern} or object_key ~* ${pattern})
    order by rejection_id
  `.execute(db)
  for (const row of answer.rows) {
    const objectKey = keys.get(`${row.bucket}\n${row.objectKey}`) ?? row.objectKey
    const detail = new RegExp(pattern, 'i').test(row.detail) ? row.code : row.detail
    const bare = { ...row, objectKey, detail, versionId: null, messageId: null, content: null }
    const fingerprint = Buffer.from(fingerprintOf(bare, new Map()), 'hex')
    const erase = sql`
      update ingest.rejection r set object_key = ${objectKey}, detail = ${detail},
        content_sha256 = case when ${row.hasContent} then null else r.content_sha256 end,
        state = case when r.object_key is distinct from ${objectKey} and r.state = 'open' then 'ignored' else r.state end,
        fingerprint = case when exists (select from ingest.rejection other where other.fingerprint = ${fingerprint}::bytea)
                           then r.fingerprint else ${fingerprint}::bytea end
      where r.rejection_id = ${row.rejectionId}::bigint`
    await retryConflicts(() => erase.execute(db))
  }
  const drop = sql`
    delete from ingest.rejected_content c where encode(c.content_sha256, 'hex') = any(${hashes}::text[])
      and not exists (select from ingest.rejection r where r.content_sha256 = c.content_sha256)`
  await retryConflicts(() => drop.execute(db))
  return answer.rows.length
}
