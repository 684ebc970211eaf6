import { tables } from '@aftercall/metadata/tables'
import { monthFrom } from '@aftercall/warehouse/maintenance/months'
import pg from 'pg'

export type Preload = {
  /** A migrated database with some loaded sessions, which are copied. */
  url: string
  sessions: number
  /** The newest month (`2026-03`) that gets sessions; the others are before it. */
  lastMonth: string
  months: number
  /**
   * How many of the newest months get all their rows. The partitions of older months are never touched by a benchmark, so
   * their sessions get only the session row and the rows of tables without partitions.
   */
  wholeMonths: number
  onProgress(sessions: number): void
}

/** Above every session id that a benchmark loads. */
const firstId = 1_000_000_000_000n

/**
 * Fills a database with sessions by SQL: copies of the existing ones, with new ids and times spread over months. Every
 * table gets the rows that a loader would have written, except for the raw documents.
 */
export async function preloadSessions(preload: Preload): Promise<void> {
  const { url, sessions, lastMonth, months, wholeMonths, onProgress } = preload
  const client = await connect(url)
  const templates = await keepTemplates(client)
  const copiesPerMonth = Math.ceil(sessions / months / templates)
  const list = Array.from({ length: months }, (_, index) =>
    monthFrom(new Date(`${lastMonth}-01T00:00:00Z`), index + 1 - months),
  )
  for (const month of list) await client.query('select ingest.create_month($1::date)', [`${month}-01`])
  let made = 0
  const left = [...list.entries()].values()
  const work = async (): Promise<void> => {
    const own = await connect(url)
    for (const [index, month] of left) {
      const names = index >= months - wholeMonths ? tableNames() : ['warehouse.session', ...withoutMonths]
      await fillMonth(own, names, month, firstId + BigInt(index) * 10_000_000_000n, copiesPerMonth)
      made += copiesPerMonth * templates
      onProgress(made)
    }
    await own.end()
  }
  await Promise.all([work(), work()])
  await client.query('drop schema preload cascade')
  await client.query('vacuum (analyze) ingest.session_head')
  await client.query('vacuum (analyze) ingest.object')
  await client.query('analyze')
  await client.query('checkpoint')
  await client.end()
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`set synchronous_commit = off; set work_mem = '256MB'`)
  return client
}

const withoutMonths = ['ingest.session_head', 'ingest.object']

/** Copies the loaded rows to a separate schema, each with the number of its session. */
async function keepTemplates(client: pg.Client): Promise<number> {
  await client.query(`create schema preload;
    create table preload.rank as select source, channel, session_id, created_at as old_created_at,
      row_number() over (order by source, channel, session_id) as rank from warehouse.session;
    create unique index on preload.rank (source, channel, session_id)`)
  for (const name of tableNames()) {
    const [, bare] = name.split('.')
    await client.query(`create table preload.${bare} as
      select one.*, rank.rank as preload_rank from ${name} as one join preload.rank using (source, channel, session_id)
      order by rank.rank`)
  }
  await client.query(`truncate ${tableNames().join(', ')}, warehouse.session_document`)
  const { rows } = await client.query('select count(*)::integer as sessions from preload.rank')
  return rows[0].sessions
}

function tableNames(): string[] {
  return [...tables.map((table) => `warehouse.${table.name}`), 'warehouse.session_revision', ...withoutMonths]
}

/** `g` numbers the copies; ids and times grow with it, so that indexes grow at their right end, as in production. */
async function fillMonth(
  client: pg.Client,
  names: readonly string[],
  month: string,
  idFrom: bigint,
  copies: number,
): Promise<void> {
  for (const name of names) {
    const [, bare = ''] = name.split('.')
    const columns = await columnsOf(client, name)
    const values = columns.map((column) => valueFor(column, `${month}-01T00:00:00Z`, idFrom, copies))
    await client.query(`
      insert into ${name} (${columns.join(', ')})
      select ${values.join(', ')} from generate_series(1, ${copies}) as g cross join preload.${bare} as one`)
  }
}

async function columnsOf(client: pg.Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [name],
  )
  return rows.map((row) => row.name)
}

/** Larger than the highest rank in a copy. */
const idsPerCopy = 1_000_000n

function valueFor(column: string, monthFirst: string, idFrom: bigint, copies: number): string {
  switch (column) {
    case 'session_id':
      return `${idFrom} + g * ${idsPerCopy} + one.preload_rank`
    case 'created_at':
    case 'session_created_at':
      return `timestamptz '${monthFirst}' + (g - 1) * interval '28 days' / ${copies} + one.preload_rank * interval '1 second'`
    case 'object_key':
      return `one.object_key || '.' || ${idFrom} + g`
    case 'previous_created_at':
      return 'null'
    default:
      return `one.${column}`
  }
}
