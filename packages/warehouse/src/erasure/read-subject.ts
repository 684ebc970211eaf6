import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { Opener } from '../sealing/create-opener.ts'
import { collectPerson } from './collect-person.ts'
import { findContents } from './erase-rejections.ts'
import { findObjects } from './find-objects.ts'
import { type FoundSession, findSessions, keyOf } from './find-sessions.ts'
import { textOfContent } from './named-in-content.ts'
import { createPersonOpener } from './open-once.ts'
import { openRow } from './open-row.ts'
import { type Person, type PersonSelector, patternOf } from './person.ts'
import { createCountingOpener, sumUnreadable, type Unreadable } from './unreadable.ts'

/** One thing that is stored about a person, with where it is. */
export type SubjectItem =
  | {
      kind: 'person'
      source: string
      endUserIds: readonly string[]
      contacts: readonly string[]
      agentIds: readonly string[]
    }
  /** A session of the person, or with the agent: its rows by table, and its raw documents. */
  | { kind: 'session'; session: string; rows: Record<string, Row[]> }
  /** A session of another person: only the values that name this one. */
  | { kind: 'mention'; session: string; values: { table: string; column: string; value: string }[] }
  | { kind: 'object'; bucket: string; key: string }
  | { kind: 'rejection'; content: string }
  /** Last, if something encrypted could not be read. */
  | { kind: 'unreadable'; unreadable: Unreadable[] }

/** Everything that is stored about a person, one item at a time, so that memory stays constant. Finds what an erasure finds. */
export async function* readSubject(
  db: Database,
  selector: PersonSelector,
  sealed: Opener,
): AsyncGenerator<SubjectItem> {
  const opener = createPersonOpener(sealed)
  const person = await collectPerson(db, selector, false)
  const { source, consumers, contacts, agents } = person
  yield { kind: 'person', source, endUserIds: consumers, contacts, agentIds: agents }
  const { sessions, unreadable } = await findSessions(db, person, opener)
  const counting = createCountingOpener(opener)
  for (const session of sessions) {
    const rows = await readRows(db, source, session)
    const name = `${source}/${keyOf(session)}`
    if (session.blanks === 'all' || session.hasAgent) {
      for (const table of ['session_document', 'session_collision'])
        for (const row of rows[table] ?? []) await openRow(row, { source, ...session }, counting)
      yield { kind: 'session', session: name, rows }
    } else yield { kind: 'mention', session: name, values: mentionsIn(rows, person) }
  }
  for (const object of await findObjects(db, person)) yield { kind: 'object', ...object }
  const found = await findContents(db, person, sessions, { opener, reads: 'all' })
  for (const { content } of found.contents)
    if (content !== null) yield { kind: 'rejection', content: textOfContent(content) }
  const unread = sumUnreadable([unreadable, counting.unreadable(), found.unreadable])
  if (unread.length > 0) yield { kind: 'unreadable', unreadable: unread }
}

type Row = Record<string, unknown>
type JsonRow = { table: string; row: Row }

/** Of every table with facts, by its name. */
async function readRows(db: Database, source: string, session: FoundSession): Promise<Record<string, Row[]>> {
  const tables = await sql<{ name: string }>`select name from ingest.fact_tables()`.execute(db)
  const reads = tables.rows.map(
    ({ name }) => sql`
      select ${name}::text as "table", to_jsonb(own) as row from ${sql.table(`warehouse.${name}`)} own
      where own.source = ${source} and own.channel = ${session.channel} and own.session_id = ${session.sessionId}::bigint`,
  )
  const answer = await sql<JsonRow>`
    select stored."table", stored.row from (${sql.join(reads, sql` union all `)}) stored
  `.execute(db)
  return Object.fromEntries(
    [...Map.groupBy(answer.rows, (one) => one.table)].map(([name, found]) => [
      name,
      found.map((one) => one.row),
    ]),
  )
}

function mentionsIn(
  rows: Record<string, Row[]>,
  person: Person,
): { table: string; column: string; value: string }[] {
  const pattern = new RegExp(patternOf(person), 'i')
  return Object.entries(rows).flatMap(([table, found]) =>
    found.flatMap((row) =>
      Object.entries(row).flatMap(([column, value]) => {
        // A whole raw document of another person is not this one's to read.
        if (table === 'session_document' || table === 'session_collision') return []
        const text = typeof value === 'string' ? value : JSON.stringify(value)
        return pattern.test(text) ? [{ table, column, value: text }] : []
      }),
    ),
  )
}
