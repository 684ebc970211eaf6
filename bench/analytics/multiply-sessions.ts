import { tables } from '@aftercall/metadata/tables'
import pg from 'pg'

export type Multiply = {
  /** A migrated database with the sessions of one period. */
  url: string
  /** Length of the period. Whole weeks, so that every copy has the same weekdays. */
  days: number
  /** How many periods there are in the end. The loaded one is the newest. */
  periods: number
}

/** Copies the loaded sessions into the periods before, in every table that holds facts, and their heads and ledger rows. */
export async function multiplySessions({ url, days, periods }: Multiply): Promise<void> {
  const client = await connect(url)
  await storeAsLive(client)
  await makeMonths(client, days * periods)
  await client.query(idSpans)
  const names = [...tables.map((table) => `warehouse.${table.name}`), 'ingest.session_head', 'ingest.object']
  for (const name of names) await keepLoaded(client, name)
  await client.query(`truncate ${names.join(', ')}, warehouse.session_revision`)
  const left = Array.from({ length: periods }, (_, index) => index).values()
  const work = async (): Promise<void> => {
    const own = await connect(url)
    for (const period of left) {
      for (const name of names) await copyRows(own, name, { period, periods, days })
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
  select source, channel, max(session_id) - min(session_id) + 1 as ids from ingest.session_head group by 1, 2`

/** In the order in which the loader wrote them. */
async function keepLoaded(client: pg.Client, name: string): Promise<void> {
  await client.query(`
    create table ${loadedOf(name)} as
    select one.*, span.ids as span_ids
    from ${name} one left join loaded.span using (source, channel)
    order by one.tableoid, one.ctid`)
}

function loadedOf(name: string): string {
  return `loaded.${name.split('.')[1]}`
}

type Period = { period: number; periods: number; days: number }

async function copyRows(client: pg.Client, name: string, period: Period): Promise<void> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, atttypid::regtype::text as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [name],
  )
  const values = rows.map((column) => valueFor(column.name, column.type, period))
  await client.query(`
    insert into ${name} (${rows.map((row) => row.name).join(', ')})
    select ${values.join(', ')} from ${loadedOf(name)} one`)
}

/** The newest period keeps its times and keys; ids are those of the oldest. */
function valueFor(column: string, type: string, { period, periods, days }: Period): string {
  const back = periods - 1 - period
  switch (column) {
    case 'session_id':
    case 'parent_id':
      return `one.${column} + ${period} * one.span_ids`
    case 'object_key':
      return back === 0 ? 'one.object_key' : `one.object_key || '.${period}'`
    case 'customer_key':
    case 'contact_key':
      return keyFor(`one.${column}`, period, back)
    default:
      return /^(timestamp|date)/.test(type)
        ? `(one.${column} - interval '${days * back} days')::${type}`
        : `one.${column}`
  }
}

/** Half of the consumers come in every period, the other half are others each time. */
function keyFor(key: string, period: number, back: number): string {
  if (back === 0) return key
  return `case when get_byte(uuid_send(${key}), 0) < 128 then ${key} else md5(${key}::text || '${period}')::uuid end`
}
