import { tables } from '@aftercall/metadata/tables'
import pg from 'pg'

export type Multiply = {
  /** A migrated database with the sessions of one period. */
  url: string
  /** Length of the period. Whole weeks, so that every copy has the same weekdays. */
  days: number
  /** How many periods there are in the end. The loaded one is the newest. */
  periods: number
  /** Makes a period as busy as a large center; without it, a period has the sessions that were loaded. */
  crowd?: Crowd
  /** Tables that are filled; by default all that hold facts, heads, and the ledger. */
  filled?: readonly string[]
}

export type Crowd = {
  /** How many sessions there are for each loaded one, all within the three hours after it, with neighbouring ids. */
  copies: number
  /** How many teams there are in place of each loaded agent's. A session is handled by the team of its last queue. */
  teams: number
}

const everyTable = [...tables.map(({ name }) => `warehouse.${name}`), 'ingest.session_head', 'ingest.object']
const alone: Crowd = { copies: 1, teams: 1 }

/** Copies the loaded sessions into the periods before, in all tables that are to be filled. The others are emptied. */
export async function multiplySessions(options: Multiply): Promise<void> {
  const { url, days, periods, crowd = alone, filled = everyTable } = options
  const client = await connect(url)
  await storeAsLive(client)
  await makeMonths(client, days * periods)
  await client.query(idSpans)
  for (const name of filled) await keepLoaded(client, name)
  await client.query(`truncate ${everyTable.join(', ')}, warehouse.session_revision`)
  await copyAgents(client, crowd)
  const left = Array.from({ length: periods }, (_, index) => index).values()
  const work = async (): Promise<void> => {
    const own = await connect(url)
    for (const period of left) {
      for (const name of filled) await copyRows(own, name, { period, periods, days, crowd })
    }
    await own.end()
  }
  await Promise.all([work(), work()])
  await client.query('drop schema loaded cascade')
  await client.end()
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  // In UTC a day has 24 hours, so all times of a session move by the same.
  await client.query(`set timezone = 'UTC'; set synchronous_commit = off; set work_mem = '256MB'`)
  return client
}

/** As if each file had been stored when it was written, and not all of them now. */
async function storeAsLive(client: pg.Client): Promise<void> {
  await client.query(`
    update ingest.session_head set
      loaded_at = object_last_modified + interval '2 seconds',
      first_loaded_at = case when revision_count = 1 then object_last_modified + interval '2 seconds'
                        else least(object_last_modified, created_at + interval '20 minutes') end`)
  await client.query(`
    update warehouse.session s set loaded_at = head.loaded_at from ingest.session_head head
    where (s.source, s.channel, s.session_id) = (head.source, head.channel, head.session_id)`)
}

async function makeMonths(client: pg.Client, days: number): Promise<void> {
  await client.query(
    `select ingest.create_month(month::date)
     from (select max(created_at) as newest from ingest.session_head) head,
          generate_series(date_trunc('month', newest - make_interval(days => $1)), newest, interval '1 month') month`,
    [days],
  )
}

/** The ids of a period follow those of the period before, for each source and channel. */
const idSpans = `
  create schema loaded;
  create table loaded.span as
  select source, channel, min(session_id) as first_id, max(session_id) - min(session_id) + 1 as ids
  from ingest.session_head group by 1, 2;
  create table loaded.last_queue as
  select source, channel, session_id, coalesce(last_menu_path_id, 0) as last_queue from warehouse.session`

/** In the order in which the loader wrote them. */
async function keepLoaded(client: pg.Client, name: string): Promise<void> {
  await client.query(`
    create table ${loadedOf(name)} as
    select one.*, span.first_id as span_first_id, span.ids as span_ids${name === 'ingest.object' ? '' : ', own.last_queue'}
    from ${name} one left join loaded.span using (source, channel)
    ${name === 'ingest.object' ? '' : 'left join loaded.last_queue own using (source, channel, session_id)'}
    order by one.tableoid, one.ctid`)
}

function loadedOf(name: string): string {
  return `loaded.${name.split('.')[1]}`
}

/** Each agent of each team has a key of its own. */
async function copyAgents(client: pg.Client, { teams }: Crowd): Promise<void> {
  await client.query(
    `insert into warehouse.agent (source, agent_id, first_seen_at, last_seen_at)
     select source, agent_id + twin * ${agentStep}, first_seen_at, last_seen_at
     from warehouse.agent, generate_series(1, $1 - 1) twin`,
    [teams],
  )
}

const agentStep = 100_000

type Period = { period: number; periods: number; days: number; crowd: Crowd }

/** All copies of a session, then those of the next, so that rows lie in the order of their times. */
async function copyRows(client: pg.Client, name: string, period: Period): Promise<void> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, atttypid::regtype::text as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [name],
  )
  const values = rows.map((column) => valueFor(column.name, column.type, period))
  await client.query(`
    insert into ${name} (${rows.map((row) => row.name).join(', ')})
    select ${values.join(', ')}
    from ${loadedOf(name)} one cross join generate_series(0, ${period.crowd.copies - 1}) copy`)
}

/** The newest period keeps its times and keys; ids are those of the oldest. Copies of a crowd begin up to three hours later. */
function valueFor(column: string, type: string, { period, periods, days, crowd }: Period): string {
  const back = periods - 1 - period
  const isLoaded = back === 0 && crowd.copies === 1
  switch (column) {
    case 'session_id':
    case 'parent_id':
      return `one.span_first_id + (one.${column} - one.span_first_id + ${period} * one.span_ids) * ${crowd.copies} + copy`
    case 'object_key':
      return isLoaded ? 'one.object_key' : `one.object_key || '.${period}.' || copy`
    case 'customer_key':
    case 'contact_key':
      return isLoaded ? `one.${column}` : keyFor(`one.${column}`, period)
    case 'agent_id':
    case 'from_agent_id':
    case 'to_agent_id':
    case 'user_id':
      return `one.${column} + one.last_queue % ${crowd.teams} * ${agentStep}`
    default:
      return /^(timestamp|date)/.test(type)
        ? `(one.${column} - interval '${days * back} days' + copy * 37 % 181 * interval '1 minute')::${type}`
        : `one.${column}`
  }
}

/** Half of the consumers come in every period, the other half are others each time. Each copy has its own. */
function keyFor(key: string, period: number): string {
  return `case when get_byte(uuid_send(${key}), 0) >= 128 then md5(${key}::text || '${period}.' || copy)::uuid
          when copy > 0 then md5(${key}::text || copy)::uuid else ${key} end`
}
