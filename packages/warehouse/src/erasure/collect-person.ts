import { normalContact } from '@aftercall/metadata/erasure/erasure-digest'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { type Person, type PersonSelector, patternOf } from './person.ts'

type ValueRow = { kind: string; value: string }

/**
 * What the tables tell of the person in the sessions that name them by the selector: ids, numbers, addresses. Later sessions
 * are found by any of these. Only reads, and takes no lock.
 */
export async function collectPerson(
  db: Database,
  selector: PersonSelector,
  withNames: boolean,
): Promise<Person> {
  const { source, kind, value } = selector
  const found = kind === 'agent' ? await readAgent(db, selector) : await readConsumer(db, selector)
  const of = (wanted: string) => [
    ...new Set(found.filter((one) => one.kind === wanted).map((one) => one.value)),
  ]
  const given = kind === 'phone' || kind === 'email' ? [value] : []
  return {
    source,
    consumers: [...new Set([...of('consumer'), ...(kind === 'end_user' ? [value] : [])])],
    contacts: [...new Set([...given, ...of('contact')].flatMap((text) => normalContact(text) ?? []))],
    agents: kind === 'agent' ? [value] : [],
    names: withNames ? of('name').filter(isFullName) : [],
    session: kind === 'session' ? sessionOf(value) : null,
    namedIn: new Set([...of('session'), ...(kind === 'session' ? [value] : [])]),
  }
}

function sessionOf(value: string): Person['session'] {
  const [channel = '', sessionId = ''] = value.split('/')
  return { channel, sessionId }
}

function isFullName(name: string): boolean {
  return name.length > 5 && /\S\s+\S/.test(name)
}

async function readAgent(db: Database, { source, value }: PersonSelector): Promise<ValueRow[]> {
  const answer = await sql<ValueRow>`
    select distinct own.kind, own.value from (
      select unnest(array['contact', 'contact', 'name']) as kind, unnest(array[a.email, a.number, a.name]) as value
      from warehouse.agent a where a.source = ${source} and a.agent_id = ${value}::bigint
      union all
      select unnest(array['contact', 'contact', 'name']), unnest(array[s.agent_email, s.agent_number, s.agent_name])
      from warehouse.session s where s.source = ${source} and s.agent_id = ${value}::bigint
      union all
      select unnest(array['contact', 'contact', 'name']),
             unnest(array[p.email, p.phone_number, concat_ws(' ', p.first_name, p.last_name)])
      from warehouse.call_participant p where p.source = ${source} and p.user_id = ${value}::bigint
    ) own
    where own.value is not null
  `.execute(db)
  return answer.rows
}

async function readConsumer(db: Database, selector: PersonSelector): Promise<ValueRow[]> {
  const { source, kind, value } = selector
  const id = kind === 'end_user' ? value : null
  const session = kind === 'session' ? sessionOf(value) : null
  const pattern = kind === 'phone' || kind === 'email' ? patternOf({ contacts: [value], names: [] }) : null
  const answer = await sql<ValueRow>`
    with named as materialized (
      select s.channel, s.session_id, s.created_at from warehouse.session s
      where s.source = ${source} and (s.end_user_id = ${id}::bigint
        or (s.channel, s.session_id) = (${session?.channel ?? null}::text, ${session?.sessionId ?? null}::bigint)
        or concat_ws(' ', s.email, s.end_user_identifier, s.end_user_contact_id) ~* ${pattern}::text)
      union
      select p.channel, p.session_id, p.session_created_at from warehouse.call_participant p
      where p.source = ${source} and p.user_id is null and (p.end_user_id = ${id}::bigint
        or concat_ws(' ', p.phone_number, p.email) ~* ${pattern}::text)
    )
    select distinct own.kind, own.value from (
      select unnest(array['consumer', 'contact', 'contact', 'contact']) as kind,
             unnest(array[s.end_user_id::text, s.email, s.end_user_identifier, s.end_user_contact_id]) as value
      from named join warehouse.session s
        on s.source = ${source} and s.channel = named.channel and s.session_id = named.session_id
           and s.created_at = named.created_at
      union all
      select unnest(array['consumer', 'contact', 'contact', 'name']),
             unnest(array[p.end_user_id::text, p.phone_number, p.email, concat_ws(' ', p.first_name, p.last_name)])
      from named join warehouse.call_participant p
        on p.source = ${source} and p.channel = named.channel and p.session_id = named.session_id
           and p.session_created_at = named.created_at
      where p.type = 'end_user'
      union all
      select 'session', named.channel || '/' || named.session_id from named
    ) own
    where own.value is not null
  `.execute(db)
  return answer.rows
}
