import { sessionValue } from '@aftercall/metadata/erasure/erasure-digest'
import {
  type PersonalColumn,
  personalColumns,
  restColumn,
} from '@aftercall/metadata/erasure/personal-columns'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { PersonOpener } from './open-once.ts'
import { type Person, patternOf } from './person.ts'
import { searchOpened } from './search-opened.ts'
import { createCountingOpener, type Unreadable } from './unreadable.ts'

/** A session that names the person, and what has to go. */
export type FoundSession = {
  channel: string
  sessionId: string
  /** `all`: it is the person's; `free`: a free text of it names the person; `nothing`: it only has the agent. */
  blanks: 'all' | 'free' | 'nothing'
  hasAgent: boolean
}

export function keyOf({ channel, sessionId }: { channel: string; sessionId: string }): string {
  return sessionValue(channel, sessionId)
}

type FoundRow = {
  channel: string
  sessionId: string
  isOwn: boolean
  isAgent: boolean
  isFree: boolean
  /** In what goes with any agent of the session: `extra`, and raw documents. */
  isRest: boolean
}

/** The sessions, and what may name the person, too, but cannot be read. */
export type FoundSessions = { sessions: FoundSession[]; unreadable: Unreadable[] }

/**
 * Every session of the source that names the person in any column with personal data, in a raw document, encrypted or not, or in
 * the document of a session that shares its id. Reads all facts of the source: no index could find a number in a text. Takes
 * no lock.
 */
export async function findSessions(
  db: Database,
  person: Person,
  opener: PersonOpener,
): Promise<FoundSessions> {
  const rows = new Map<string, FoundRow>()
  const { session } = person
  if (session !== null) merge(rows, { ...session, ...nowhere, isOwn: true })
  for (const [table, columns] of Object.entries(personalColumns)) {
    for (const row of await searchTable(db, person, table, columns)) merge(rows, row)
  }
  for (const row of await searchDocuments(db, person)) merge(rows, row)
  const unreadable = await mergeOpened(db, person, opener, rows)
  const sessions = [...rows.values()].map(
    ({ channel, sessionId, isOwn, isAgent, isFree, isRest }): FoundSession => ({
      ...{ channel, sessionId, hasAgent: isAgent },
      blanks: isOwn ? 'all' : isFree || (isRest && !isAgent) ? 'free' : 'nothing',
    }),
  )
  return { sessions, unreadable }
}

const nowhere = { isOwn: false, isAgent: false, isFree: false, isRest: false }

function merge(rows: Map<string, FoundRow>, row: FoundRow): void {
  const key = keyOf(row)
  const before = rows.get(key) ?? nowhere
  rows.set(key, {
    ...row,
    isOwn: row.isOwn || before.isOwn,
    isAgent: row.isAgent || before.isAgent,
    isFree: row.isFree || before.isFree,
    isRest: row.isRest || before.isRest,
  })
}

/** The documents of a session that is the person's go unread. */
async function mergeOpened(
  db: Database,
  person: Person,
  opener: PersonOpener,
  rows: Map<string, FoundRow>,
): Promise<Unreadable[]> {
  const counting = createCountingOpener(opener)
  const isKnown = (row: { channel: string; sessionId: string }) => rows.get(keyOf(row))?.isOwn === true
  const ofDocuments = { table: 'session_document', opener: counting, skips: isKnown } as const
  for await (const page of searchOpened(db, person, ofDocuments)) {
    for (const { channel, sessionId, isOwn } of page)
      merge(rows, { channel, sessionId, ...nowhere, isOwn, isRest: !isOwn })
  }
  const ofCollisions = { table: 'session_collision', opener: counting, skips: () => false } as const
  for await (const page of searchOpened(db, person, ofCollisions)) {
    for (const { channel, sessionId } of page) merge(rows, { channel, sessionId, ...nowhere, isRest: true })
  }
  return counting.unreadable()
}

/** One statement a table, with its columns by what they hold. What an agent's columns say tells nothing of whose session it is. */
async function searchTable(
  db: Database,
  person: Person,
  table: string,
  columns: Readonly<Record<string, PersonalColumn>>,
): Promise<FoundRow[]> {
  const pattern = patternOf(person)
  const matches = (name: string) => sql`${sql.ref(`row.${name}`)}::text ~* ${pattern}`
  const isOneOf = (name: string, ids: readonly string[]) =>
    sql`${sql.ref(`row.${name}`)} = any(${[...ids]}::bigint[])`
  const tests: Record<'own' | 'agent' | 'free' | 'rest', RawBuilder<unknown>[]> = {
    own: [],
    agent: [],
    free: [],
    rest: [],
  }
  for (const [name, { holds, agent }] of Object.entries(columns)) {
    if (holds === 'consumer-id') tests.own.push(isOneOf(name, person.consumers))
    else if (holds === 'agent-id') tests.agent.push(isOneOf(name, person.agents))
    else if (holds === 'free') tests[name === restColumn ? 'rest' : 'free'].push(matches(name))
    else if (agent === undefined) tests.own.push(matches(name))
    else tests.own.push(sql`(${sql.ref(`row.${agent}`)} is null and ${matches(name)})`)
  }
  const anyOf = (own: RawBuilder<unknown>[]) =>
    own.length === 0 ? sql`false` : sql`coalesce(${sql.join(own, sql` or `)}, false)`
  const answer = await sql<FoundRow>`
    select found.channel, found.session_id::text as "sessionId", found.is_own as "isOwn", found.is_agent as "isAgent",
           found.is_free as "isFree", found.is_rest as "isRest"
    from (
      select row.channel, row.session_id, ${anyOf(tests.own)} as is_own, ${anyOf(tests.agent)} as is_agent,
             ${anyOf(tests.free)} as is_free, ${anyOf(tests.rest)} as is_rest
      from ${sql.table(`warehouse.${table}`)} row where row.source = ${person.source}
    ) found
    where found.is_own or found.is_agent or found.is_free or found.is_rest
  `.execute(db)
  return answer.rows
}

/** JSON may write any character as an escape; jsonb writes it as it is. */
const documentText = sql`case when document::text like '%\\\\u%' then document::jsonb::text else document::text end`

/** Whether a row of `session_collision` names the person in what the server can read. */
export function collisionNames(person: Person): RawBuilder<unknown> {
  const pattern = patternOf(person)
  const consumers = [...person.consumers]
  return sql`${documentText} ~* ${pattern} or stored_rows::text ~* ${pattern}
    or document #>> '{end_user,id}' = any(${consumers}::text[])
    or stored_rows #>> '{session,0,end_user_id}' = any(${consumers}::text[])`
}

/** Documents of earlier revisions may name a consumer whom the stored one does not name any more. */
async function searchDocuments(db: Database, person: Person): Promise<FoundRow[]> {
  const pattern = patternOf(person)
  const consumers = [...person.consumers]
  const answer = await sql<FoundRow>`
    select found.channel, found.session_id::text as "sessionId", coalesce(found.consumer = any(${consumers}::text[]), false) as "isOwn",
           false as "isAgent", false as "isFree", coalesce(found.is_named, false) as "isRest"
    from (
      select channel, session_id, document #>> '{end_user,id}' as consumer, ${documentText} ~* ${pattern} as is_named
      from warehouse.session_document where source = ${person.source}
      union all
      select channel, session_id, null, ${collisionNames(person)}
      from warehouse.session_collision where source = ${person.source}
    ) found
    where found.is_named or found.consumer = any(${consumers}::text[])
  `.execute(db)
  return answer.rows
}
