import type pg from 'pg'
import { cpuMsOf } from '../harness/process-usage.ts'
import { spreadOf } from '../harness/statistics.ts'

export type Measured = {
  /** Medians of the runs. */
  ms: number
  cpuMs: number
  /** Blocks of 8 kB, from Postgres's memory or not. */
  blocks: number
  rows: number
  /** Months of which a row was read, such as `2025_03`. */
  months: string[]
  answer: unknown[][]
}

/** `EXPLAIN` runs the query first, so that its blocks are in memory where they fit. The session has no parallel workers. */
export async function measureQuery(client: pg.Client, text: string, runs: number): Promise<Measured> {
  const pid = await backendOf(client)
  const touched = await readTouched(client, text)
  let answer: unknown[][] = []
  const times: { ms: number; cpuMs: number }[] = []
  for (let run = 0; run < runs; run++) {
    const [startMs, startCpuMs] = [performance.now(), cpuMsOf(pid)]
    answer = (await ask(client, text)).rows
    times.push({ ms: performance.now() - startMs, cpuMs: cpuMsOf(pid) - startCpuMs })
  }
  return {
    ms: spreadOf(times.map(({ ms }) => ms)).median,
    cpuMs: spreadOf(times.map(({ cpuMs }) => cpuMs)).median,
    ...touched,
    rows: answer.length,
    answer,
  }
}

function ask(client: pg.Client, text: string): Promise<pg.QueryArrayResult<unknown[]>> {
  return client.query<unknown[]>({ text, rowMode: 'array' })
}

async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid ?? Number.NaN
}

type Explained = { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }

/** The counters of the backend also see what functions read. */
async function readTouched(client: pg.Client, text: string): Promise<{ blocks: number; months: string[] }> {
  await client.query('begin read only')
  const before = await readCounters(client)
  const { rows } = await client.query<{ 'QUERY PLAN': Explained[] }>(
    `explain (analyze, buffers, timing off, format json) ${text}`,
  )
  const after = await readCounters(client)
  await client.query('rollback')
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
  const months = [...after].filter(([name, read]) => read > (before.get(name) ?? 0)).map(([name]) => name)
  return { blocks: (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0), months }
}

/** Rows read from each month so far, by whole scans and by indexes. */
async function readCounters(client: pg.Client): Promise<Map<string, number>> {
  const { rows } = await client.query<{ month: string; read: string }>(`
    select right(relname, 7) as month, sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as read
    from pg_stat_xact_user_tables where schemaname = 'warehouse' and relname ~ '_\\d{4}_\\d{2}$'
    group by 1 order by 1`)
  return new Map(rows.map(({ month, read }) => [month, Number(read)]))
}
