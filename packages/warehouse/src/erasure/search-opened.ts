import { isExactNumber, isJsonObject, parseJson } from '@aftercall/metadata/read/parse-json'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { type DocumentOf, nameOfDocument, nameOfOriginal } from '../sealing/content-names.ts'
import { textOfContent } from './named-in-content.ts'
import { namingTest } from './naming-test.ts'
import type { Finding } from './open-once.ts'
import { type Person, patternOf } from './person.ts'
import type { CountingOpener } from './unreadable.ts'

/** A row whose document or original names the person. `isOwn`: the document is the person's. */
export type OpenedMatch = DocumentOf & { createdAt: string; isOwn: boolean }

type KeptRow = DocumentOf & {
  createdAt: string
  sealedDocument: Buffer | null
  sealedOriginal: Buffer | null
  original: Buffer | null
}

type Search = {
  table: 'session_document' | 'session_collision'
  opener: CountingOpener
  /** Of sessions that need no look. */
  skips(row: DocumentOf): boolean
}

const pageRows = 200
/** As stored, where documents are a fifth of their size; the first row always fits. */
const pageBytes = 33_554_432

/**
 * The rows of the source that name the person in what only this process can read: sealed documents, and original bytes, sealed
 * or plain, which may be compressed. What the server can read is searched there. A page at a time, so that memory stays
 * constant; takes no lock.
 */
export async function* searchOpened(
  db: Database,
  person: Person,
  search: Search,
): AsyncGenerator<OpenedMatch[]> {
  const findInDocument = documentTest(person)
  const isNamed = namingTest(person)
  const findInBytes = (bytes: Buffer): Finding => (isNamed(textOfContent(bytes)) ? 'named' : 'nothing')
  for (let after: KeptRow | undefined; ; ) {
    const rows = await readPage(db, person.source, search.table, after)
    after = rows.at(-1)
    if (after === undefined) return
    const matches: OpenedMatch[] = []
    for (const { sealedDocument, sealedOriginal, original, ...row } of rows) {
      if (search.skips(row)) continue
      const { judge } = search.opener
      const found = [
        sealedDocument ? await judge(sealedDocument, nameOfDocument(row), findInDocument) : 'nothing',
        sealedOriginal ? await judge(sealedOriginal, nameOfOriginal(row), findInBytes) : 'nothing',
        original ? findInBytes(original) : 'nothing',
      ]
      if (found.some((one) => one !== 'nothing')) matches.push({ ...row, isOwn: found.includes('own') })
    }
    if (matches.length > 0) yield matches
  }
}

async function readPage(
  db: Database,
  source: string,
  table: Search['table'],
  after: KeptRow | undefined,
): Promise<KeptRow[]> {
  const further =
    after === undefined
      ? sql`true`
      : sql`(session_id, session_created_at, source, channel, content_sha256)
          > (${after.sessionId}::bigint, ${after.createdAt}::timestamptz, ${source}, ${after.channel},
             decode(${after.contentSha256}, 'hex'))`
  const answer = await sql<KeptRow>`
    with page as materialized (
      select source, channel, session_id, session_created_at, content_sha256, sealed_document, sealed_original, original_content
      from ${sql.table(`warehouse.${table}`)}
      where source = ${source} and num_nonnulls(sealed_document, sealed_original, original_content) > 0 and ${further}
      order by session_id, session_created_at, source, channel, content_sha256
      limit ${pageRows}
    ), summed as (
      select *, sum(coalesce(octet_length(sealed_document), 0) + coalesce(octet_length(sealed_original), 0)
                    + coalesce(octet_length(original_content), 0))
                  over (order by session_id, session_created_at, source, channel, content_sha256
                        rows between unbounded preceding and 1 preceding) as bytes_before
      from page
    )
    select source, channel, session_id::text as "sessionId", session_created_at::text as "createdAt",
           encode(content_sha256, 'hex') as "contentSha256", sealed_document as "sealedDocument",
           sealed_original as "sealedOriginal", original_content as original
    from summed where coalesce(bytes_before, 0) < ${pageBytes}
    order by session_id, session_created_at, source, channel, content_sha256
  `.execute(db)
  return answer.rows
}

/** As `searchDocuments` does in SQL. Only documents that may be the person's are parsed, and those with escapes. */
function documentTest(person: Person): (document: Buffer) => Finding {
  const pattern = new RegExp(patternOf(person), 'i')
  const findIn = (text: string): Finding => (pattern.test(text) ? 'named' : 'nothing')
  return (document) => {
    const text = document.toString()
    const hasEscape = text.includes('\\u')
    const mayBeOwn = person.consumers.some((id) => text.includes(id))
    if (!hasEscape && !mayBeOwn) return findIn(text)
    const parsed = parseJson(text)
    if (parsed.kind === 'not-json') return findIn(text)
    const id = consumerOf(parsed.value)
    if (id !== undefined && person.consumers.includes(id)) return 'own'
    return findIn(hasEscape ? JSON.stringify(parsed.value) : text)
  }
}

function consumerOf(document: unknown): string | undefined {
  if (!isJsonObject(document) || !isJsonObject(document.end_user)) return undefined
  const { id } = document.end_user
  if (isExactNumber(id)) return id.rawJSON
  return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined
}
