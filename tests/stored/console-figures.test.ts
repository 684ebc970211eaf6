import { tables } from '@aftercall/metadata/tables'
import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber, formatShare } from '@aftercall/operator/format/number'
import { formatCount, formatTimes } from '@aftercall/operator/format/plural'
import { outcomeMeaning } from '@aftercall/operator/outcome-meaning'
import { sampleSessions } from '@aftercall/samples/sample-stream'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { askReconcile } from '@aftercall/warehouse/actions/ask-actions'
import type { HandleSplit, QueueLevel } from '@aftercall/warehouse/console/analytics-charts'
import {
  createBackfillRun,
  saveShardPage,
  saveShardProgress,
} from '@aftercall/warehouse/ledger/backfill-runs'
import type { LedgerOutcome } from '@aftercall/warehouse/ledger/ledger'
import { endReconcileRun, startReconcileRun } from '@aftercall/warehouse/ledger/reconcile-runs'
import { writeRejections } from '@aftercall/warehouse/ledger/rejections'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { recordHeartbeat } from '@aftercall/warehouse/ledger/worker-heartbeats'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { lengthOf } from '../../services/console/src/drawing/part-words.ts'
import { renderRunbookPage } from '../../services/console/src/pages/runbook-page.ts'
import { readRunbook } from '../../services/console/src/read-runbook.ts'
import { en } from '../../services/console/src/texts/en.ts'
import { testShell } from '../../services/console/test/test-shell.ts'
import { type ConsoleRoutes, openRoutes, routesWithout } from '../console-routes.ts'
import { loadStream } from './load-stream.ts'

/** Few enough that lag and freshness are those of all objects, and not of a sample. */
const sessions = 60
const source = 'brightwell'
const shell = testShell(new Date())

let database: TestDatabase
let login: TestLogin
let opened: ConsoleRoutes

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_operator'] })
  const { db } = database
  await recordSources(
    db,
    builtInTenants.map(({ name }) => ({ name, bucket: 'files', prefix: `${name}/` })),
  )
  await loadStream(db, [...sampleSessions({ seed: 'figures of the console', sessions })])
  // As if each had been announced some seconds before, and stored a minute after its session's end.
  await sql`update ingest.object set event_name = 'ObjectCreated:Put', event_time = settled_at - interval '3 s',
    lag_ms = 1000 + mod(abs(hashtext(object_key)), 9000)`.execute(db)
  await sql`update warehouse.session set ended_at = head.first_loaded_at - interval '70 seconds'
      - make_interval(secs => mod(head.session_id, 50))
    from ingest.session_head head where (session.source, session.channel, session.session_id)
      = (head.source, head.channel, head.session_id)`.execute(db)
  await sql`update ingest.session_head set latest_event_at = first_loaded_at, created_at = created_at`.execute(
    db,
  )
  await sql`update ingest.object set outcome = 'superseded' where mod(abs(hashtext(object_key)), 7) = 0`.execute(
    db,
  )
  await refreshAllRollups(db, { quietMs: 0 })
  const broken = { bucket: 'files', versionId: null, messageId: null, detail: 'x', code: 'not_json' }
  for (const [index, content] of ['{', '{"a"', '[1'].entries())
    await writeRejections(db, [
      { ...broken, source, objectKey: `${source}/broken-${index}.json`, content: Buffer.from(content) },
    ])
  await writeRejections(db, [{ ...broken, source: null, objectKey: 'other', content: null }])
  await writeRejections(db, [
    { ...broken, source, objectKey: `${source}/broken-0.json`, content: Buffer.from('{') },
  ])
  await recordHeartbeat(db, {
    ...{ workerId: '00000000-0000-4000-8000-000000000001', host: 'here', version: '1', receiving: true },
    ...{ inFlight: 3, lastError: null },
    queues: [
      { name: 'live', url: 'u', waiting: 41, inFlight: 3, delayed: 2, deadLetters: 1, oldestSeconds: 77 },
    ],
  })
  await addRuns()
  await askReconcile(
    db,
    { source, since: undefined, fix: true },
    { by: 'ana', formKey: '00000000-0000-4000-8000-000000000002', confirmed: 1_234 },
  )
  await sql`update ingest.action set state = 'done', counts = '{"current": 1200, "fixed": 34}', started_at = now(),
    taken_by = 'here', take_count = 1, ended_at = now()`.execute(db)
  opened = openRoutes(login.urlOf(database.url))
})
afterAll(async () => {
  await opened.reads.close()
  await database.drop()
  await login.drop()
})

/** A backfill as it was in F2: stopped and resumed, with what it listed counted beside what became of it. */
async function addRuns(): Promise<void> {
  const { db } = database
  const range = { afterKey: null, upToKey: null, fileKey: null }
  const place = { source, bucket: 'files', prefix: '', host: 'here' }
  const { runId } = await createBackfillRun(db, {
    ...{ ...place, via: 'direct', request: {} },
    shards: [range, range],
  })
  const page = { runId, doneKey: 'k', doneRows: 0 }
  const counts = { listed: 2_053, stored: 1_364, current: 100, superseded: 589 }
  await saveShardProgress(db, { ...page, shard: 0, isDone: true, counts })
  await saveShardPage(db, { runId, shard: 1, listed: 1_000, ended: 250 })
  await sql`update ingest.backfill_run set started_at = now() - interval '100 s', updated_at = now()`.execute(
    db,
  )
  const run = await startReconcileRun(db, { source, purpose: 'command', host: 'here' })
  await endReconcileRun(db, run, {
    counts: { current: 2_000, missing: 7, fixed: 7 },
    ...{ byDay: [], examples: {}, error: null },
  })
}

/** Every text with a number on a page, but for times, links, and what is drawn from the same rows as a table beside it. */
function figuresIn(page: string): string[] {
  const main = page
    .slice(page.indexOf('<main'), page.indexOf('</main>'))
    // Problems have tests of their own (packages/operator).
    .replaceAll(/<section aria-labelledby="problems">.*?<\/section>|<div class="status .*?<\/div>/gs, '')
    .replaceAll(/<p class="as-of">.*?<\/p>/gs, '')
    .replaceAll(/<(time|pre|code|form|svg)\b.*?<\/\1>/gs, '')
  const found = (pattern: RegExp): string[] => [...main.matchAll(pattern)].map(([, text = '']) => text)
  const named = (pattern: RegExp): string[] =>
    [...main.matchAll(pattern)].map(([, name = '', text = '']) => `${name}: ${text}`)
  const all = [
    ...named(/<dt>(.*?)<\/dt>\s*<dd>(.*?)<\/dd>/gs).map(withoutLinks),
    ...named(/<td role="cell"[^>]*data-name="([^"]*)"[^>]*>(.*?)<\/td>/gs).map(withoutLinks),
    ...found(/<caption[^>]*>(.*?)<\/caption>/gs),
    ...found(/<h2[^>]*>(.*?)<\/h2>/gs),
    ...found(/<li>(.*?)<\/li>/gs).filter((item) => !item.includes('class="reading') && !item.includes('<p')),
    ...found(/<span class="reading-text">(.*?)<\/span>/gs),
    ...found(/<figure class="chart" aria-label="([^"]*)"/gs),
    ...found(/<p(?: class="[^"]*")?>(.*?)<\/p>/gs).map(withoutLinks),
    ...found(/<td class="[^"]*" title="([^"]*)"/gs).filter((title) => !title.includes('no sessions')),
  ]
  return all
    .filter((text) => !/^(Who|Details|SHA-256):/.test(text))
    .map((text) => text.replaceAll('<span class="note">', ' ').replaceAll(/<[^>]+>/g, ''))
    .map((text) =>
      text
        .replaceAll('&quot;', '"')
        .replaceAll(/\s+/g, ' ')
        .replace(/^[ :]+/, '')
        .trim(),
    )
    .filter((text) => /\d/.test(text.replaceAll(/Processed in 24 h|s3:\/\/\S+/g, '')))
}

/** Links in a cell or sentence are ids and keys. */
function withoutLinks(text: string): string {
  return /^(Sessions|Sessions stored|Failing|Open rejections):/.test(text)
    ? text
    : text.replaceAll(/<a .*?<\/a>/gs, '')
}

async function ask<Row>(query: string): Promise<Row[]> {
  return (await sql.raw<Row>(query).execute(database.db)).rows
}

async function one(query: string): Promise<number> {
  const [row] = await ask<{ value: unknown }>(`select (${query}) as value`)
  return Number(row?.value)
}

const order = ['stored', 'superseded', 'duplicate', 'missing', 'ignored', 'rejected', 'failed']
type Counted = { outcome: string; objects: number }
const outcomesOf = async (where: string): Promise<Counted[]> =>
  (
    await ask<Counted>(
      `select outcome, count(*)::int as objects from ingest.object where ${where} group by 1`,
    )
  ).sort((left, right) => order.indexOf(left.outcome) - order.indexOf(right.outcome))

type Percentiles = { p50: number; p95: number }
const within = (name: string, { p50, p95 }: Percentiles): string =>
  `${name}: ${formatDuration(p50)} 95 % within ${formatDuration(p95)}, last hour`

async function lagOf(where: string): Promise<Percentiles> {
  const [row = { p50: 0, p95: 0 }] = await ask<Percentiles>(`
    select (percentile_disc(0.5) within group (order by lag_ms))::float8 as p50,
           (percentile_disc(0.95) within group (order by lag_ms))::float8 as p95
    from ingest.object where ${where}`)
  return row
}

async function freshnessOf(name: string): Promise<Percentiles> {
  const [row = { p50: 0, p95: 0 }] = await ask<Percentiles>(`
    select (percentile_disc(0.5) within group (order by fresh) * 1000)::float8 as p50,
           (percentile_disc(0.95) within group (order by fresh) * 1000)::float8 as p95
    from (select extract(epoch from h.first_loaded_at - s.ended_at) as fresh
          from ingest.object o
          join ingest.session_head h using (source, channel, session_id, content_sha256)
          join warehouse.session s using (source, channel, session_id)
          where o.source = '${name}' and o.outcome = 'stored') one`)
  return row
}

async function cardOf(name: string): Promise<string[]> {
  const own = `source = '${name}'`
  const objects = await one(`select count(*) from ingest.object where ${own}`)
  const stored = await one(`select count(*) from ingest.session_head where ${own}`)
  const open = await one(`select count(*) from ingest.rejection where state = 'open' and ${own}`)
  return [
    `Processed in 24 h: ${objects} 0 in the 24 h before`,
    ...(await outcomesOf(own)).map(({ outcome, objects: count }) => `${outcome} ${count}`),
    within('Lag', await lagOf(own)),
    within('Freshness', await freshnessOf(name)),
    ...[`Sessions stored: ${stored}`, `Open rejections: ${open}`],
  ]
}

/** The chart of 48 hours, whose columns are those of its table. */
async function chartOf(where: string): Promise<string[]> {
  const all = await outcomesOf(where)
  const objects = all.reduce((sum, { objects: count }) => sum + count, 0)
  const hours = await ask<{ hour: string }>(
    `select distinct date_trunc('hour', settled_at)::text as hour from ingest.object where ${where}`,
  )
  const columns: string[] = []
  let most = 0
  for (const { hour } of hours) {
    const then = `${where} and date_trunc('hour', settled_at) = '${hour}'`
    const counts = await outcomesOf(then)
    const { p50, p95 } = await lagOf(then)
    most = Math.max(most, p95)
    const words = counts.map(({ outcome, objects: count }) => `${count} ${outcome}`).join(', ')
    columns.push(
      `${words}; lag ${formatDuration(p50)}, 95 % within ${formatDuration(p95)}`,
      ...all.map(({ outcome }) => {
        const count = counts.find((found) => found.outcome === outcome)?.objects ?? 0
        return `${outcome}: ${count}`
      }),
      ...[`lag p50: ${formatDuration(p50)}`, `lag p95: ${formatDuration(p95)}`],
    )
  }
  return [
    `${formatCount(objects, 'object')} in 48 hours, by outcome; the table below has the numbers`,
    ...[`Lag, up to ${formatDuration(most)}dark: median, light: 95 % within`],
    ...['Rejected share, up to 1 %', ...columns],
    ...all.map(({ outcome, objects: count }) => `${outcome} ${count}`),
  ]
}

async function runsFigures(): Promise<string[]> {
  const [run] = await ask<{
    counts: string
    objects: number
    listed: number
    seconds: number
    ms: number
    parts: number
    done: number
  }>(`
    select (select string_agg(to_char(sum, 'FM999,999') || ' ' || key, ', ' order by length(key), key)
            from (select key, sum(value::int) from ingest.backfill_shard, jsonb_each_text(counts) group by key) c) as counts,
           (select sum((select sum(value::int) from jsonb_each_text(counts) where key <> 'listed') ) from ingest.backfill_shard)::int
             + (select sum(page_ended) from ingest.backfill_shard)::int as objects,
           (select sum((counts ->> 'listed')::int) from ingest.backfill_shard)::int
             + (select sum(page_objects) from ingest.backfill_shard)::int as listed,
           extract(epoch from updated_at - started_at)::float8 as seconds,
           floor(extract(epoch from updated_at) * 1000)::float8 - floor(extract(epoch from started_at) * 1000)::float8 as ms,
           (select count(*) from ingest.backfill_shard)::int as parts,
           (select count(*) from ingest.backfill_shard where state = 'done')::int as done
    from ingest.backfill_run`)
  if (run === undefined) throw new Error('there is no run')
  const { counts, objects, listed, seconds, ms, parts, done } = run
  const [reconcile] = await ask<{ found: string; ms: number }>(`
    select (select string_agg(to_char(value::int, 'FM999,999') || ' ' || key, ', ' order by length(key), key)
            from jsonb_each_text(counts)) as found,
           floor(extract(epoch from ended_at) * 1000)::float8 - floor(extract(epoch from started_at) * 1000)::float8 as ms
    from ingest.reconcile_run`)
  const share = formatShare(objects / listed)
  return [
    `${share}: ${formatNumber(objects)} of ${formatNumber(listed)} listed objects, ${done} of ${parts} shards`,
    `Objects: ${formatNumber(objects)} ${counts}`,
    `Rate: ${formatNumber(objects / seconds)} per second`,
    `Running for: ${formatDuration(ms)}`,
    `Found: ${reconcile?.found}`,
    `Took: ${formatDuration(reconcile?.ms ?? 0)}`,
  ]
}

type Compared = {
  /** What the page prints, from SQL alone. */
  printed(): Promise<string[]>
  /** A figure of the JSON, and the same by SQL. */
  json?: { pick(data: never): unknown; query: string }
}

const open = `select count(*) from ingest.rejection where state = 'open'`
/** A session with parts in many tables, and its object. */
const session = `(select session_id from warehouse.handle_duration where source = '${source}' and channel = 'call'
  group by 1 order by count(*) desc, 1 limit 1)`
const object = `(select object_key from ingest.object where source = '${source}' and channel = 'call' and session_id = ${session})`

/** Lengths of the rows of a session, as the tables have them. */
async function lengthsOf(): Promise<string[]> {
  const tables = {
    consumer_in_menu_duration: 'menu',
    virtual_agent_handle_duration: 'virtual_agent',
    wait_time_virtual_agent: 'hold_virtual_agent',
    queue_duration: 'queue',
    handle_duration: null,
    consumer_handle_duration: 'consumer',
    consumer_event_duration: 'survey',
    recording: 'recording',
  }
  const own = `source = '${source}' and channel = 'call' and session_id = ${session}`
  const parts = Object.entries(tables).map(
    ([table, kind]) => `select ${kind === null ? 'kind' : `'${kind}'`} as kind, started_at as "startedAt",
      ended_at as "endedAt", duration_seconds::float8 as seconds,
      ${table === 'handle_duration' ? 'acw_seconds' : 'null::integer'} as "acwSeconds"
      from warehouse.${table} where ${own}`,
  )
  const transfers = `select 'transfer', created_at, connected_at, wait_seconds::float8, null::integer
    from warehouse.transfer where ${own}`
  const rows = await ask<Parameters<typeof lengthOf>[0]>([...parts, transfers].join(' union all '))
  return rows.map((row) => `Length: ${lengthOf(row, en.course)}`).filter((text) => /\d/.test(text))
}

async function sessionFigures(): Promise<string[]> {
  const own = `source = '${source}' and channel = 'call' and session_id = ${session}`
  const rows: string[] = []
  let empty = 0
  for (const { name } of tables) {
    const count = await one(`select count(*) from warehouse.${name} where ${own}`)
    if (count === 0) empty += 1
    else rows.push(`${name}: ${count}`)
  }
  return [
    ...rows,
    `${formatCount(empty, 'other table has', 'other tables have')} none.`,
    `Revisions accepted: ${await one(`select revision_count from ingest.session_head where ${own}`)}`,
    ...(await lengthsOf()),
    ...(await stepsOfObject()),
    ...(
      await ask<{ words: string }>(`
      select session_type || ' · ' || outcome || ' · ' || (select count(*) from ingest.session_parts('${source}', 'call',
        ${session}, 1000)) || ' parts' as words
      from analytics.session where ${own}`)
    ).map(({ words }) => words),
  ]
}

type LedgerRow = {
  outcome: LedgerOutcome
  size: number
  documents: number
  lag: number
  receives: number
  settled: number
}

async function readObject(): Promise<LedgerRow> {
  const [row] = await ask<LedgerRow>(`
    select outcome, size_bytes::float8 as size, document_count as documents, lag_ms::float8 as lag,
           receive_count as receives, settle_count as settled
    from ingest.object where object_key = ${object}`)
  if (row === undefined) throw new Error('there is no object')
  return row
}

async function stepsOfObject(): Promise<string[]> {
  const { outcome, size, documents, lag, settled } = await readObject()
  const delivered = settled === 1 ? '' : `; delivered ${formatTimes(settled)}`
  return [
    `${formatBytes(size)}, ${formatCount(documents, 'document')}`,
    `${outcomeMeaning[outcome]}; ${formatDuration(lag)} after it was announced${delivered}`,
  ]
}

async function analyticsFigures(): Promise<string[]> {
  const answer = await opened.reads.analytics({ source: null, channel: null, ...(await span()) })
  const figures: string[] = []
  for (const chart of Object.values(answer.charts)) {
    // The query as the page shows it.
    for (const row of await ask<Record<string, string | number | null>>(chart.sql))
      for (const [name, cell] of Object.entries(row).slice(1)) {
        const number = typeof cell === 'number' ? cell : Number.NaN
        if (!Number.isNaN(number))
          figures.push(`${name}: ${Number.isInteger(number) ? formatNumber(number) : number.toFixed(4)}`)
      }
  }
  for (const { queue, entries, serviceLevel } of await ask<QueueLevel>(answer.charts.levels.sql)) {
    const level = serviceLevel === null ? 'not measured' : formatShare(serviceLevel)
    figures.push(`${queue}${level}, ${formatCount(entries, 'entry', 'entries')}`)
  }
  for (const { queue, ...seconds } of await ask<HandleSplit>(answer.charts.handling.sql)) {
    const sum = Object.values(seconds).reduce((total, part) => total + part, 0)
    figures.push(`${queue}${formatDuration(sum * 1_000)}`)
  }
  expect(figures.length).toBeGreaterThan(40)
  return figures
}

async function span(): Promise<{ from: string; to: string }> {
  const [days] = await ask<{ from: string; to: string }>(`
    select to_char(max(local_day) - 60, 'YYYY-MM-DD') as from, to_char(max(local_day), 'YYYY-MM-DD') as to
    from analytics.session`)
  if (days === undefined) throw new Error('there is no session')
  return days
}

async function driftFigures(): Promise<string[]> {
  const groups = await ask<{ documents: number; words: boolean }>(`
    select sum(document_count)::float8 as documents, bool_or(vocabulary is not null) as words
    from ingest.schema_drift group by json_path, json_type, word`)
  const words = groups.filter((group) => group.words).length
  const paths = groups.length - words
  return [
    ...groups.map(({ documents }) => `Documents: ${documents}`),
    ...(words === 0 ? [] : [`${formatCount(words, 'word')}, by vocabulary`]),
    ...(paths === 0 ? [] : [`${formatCount(paths, 'path')}, the most frequent first`]),
  ]
}

async function daysFigures(): Promise<string[]> {
  const days = await ask<{
    source: string
    day: string
    sessions: number
    missing: number
    more: number | null
  }>(`
    select own.source, to_char(own.local_day, 'YYYY-MM-DD') as day, own.sessions, missing, more
    from (select source, local_day, count(*)::int as sessions from analytics.session group by 1, 2) own
    join (select source, day as local_day, sum(missing_ids)::int as missing, sum(implausible_missing_ids)::int as more
          from analytics.completeness(current_date - 365, current_date) group by 1, 2) missed using (source, local_day)`)
  const sumOf = (own: typeof days): number => own.reduce((sum, day) => sum + day.sessions, 0)
  return [
    ...days.map(({ day, sessions: count, missing, more }) => {
      const words = more === null ? 'nothing to compare with yet' : `${more} more than usual`
      return `${day}: ${formatCount(count, 'session')}, ${formatCount(missing, 'id')} missing, ${words}`
    }),
    ...[...Map.groupBy(days, (day) => day.source).values()].map((own) => {
      const judged = own.filter(({ more }) => more !== null)
      const more = judged.reduce((sum, day) => sum + (day.more ?? 0), 0)
      const share =
        judged.length === 0
          ? 'nothing to compare with yet'
          : `${formatShare(sumOf(judged) / (sumOf(judged) + more))} complete`
      return `${formatCount(sumOf(own), 'session')}, ${share}`
    }),
    ...['2% missing, more than usual', '5% missing or more'],
  ]
}

/** Every page, with where its figures come from. */
const compared: Record<string, Compared> = {
  '/': {
    printed: async () => [
      `${builtInTenants.length} sources`,
      'Workers 1',
      'Queue 41 waiting, oldest about 77 s · 5 in flight or delayed · 1 dead letter',
      ...(await Promise.all(builtInTenants.map(({ name }) => cardOf(name)))).flat(),
      ...(await chartOf('source is not null')),
    ],
    json: {
      pick: ({ overview }: { overview: { sources: { sessions: { count: number } }[] } }) =>
        overview.sources.reduce((sum, { sessions: { count } }) => sum + count, 0),
      query: 'select count(*) from ingest.session_head',
    },
  },
  [`/sources/${source}`]: {
    printed: async () => [
      ...(await cardOf(source)),
      `Sessions: ${await one(`select count(*) from ingest.session_head where source = '${source}'`)}`,
      `Failing: ${await one(`select count(*) from ingest.object where outcome = 'failed'`)}`,
      `Open rejections: ${await one(`${open} and source = '${source}'`)}`,
      'Objects of the last 48 hours',
      ...(await chartOf(`source = '${source}'`)),
      ...(await runsFigures()),
    ],
    json: {
      pick: ({ source: { openRejections } }: { source: { openRejections: { count: number } } }) =>
        openRejections.count,
      query: `${open} and source = '${source}'`,
    },
  },
  '/rejections': {
    printed: async () => [`Open: ${await one(open)}`],
    json: {
      pick: ({ groups }: { groups: { open: { count: number } }[] }) => groups[0]?.open.count,
      query: open,
    },
  },
  [`/rejections?source=${source}`]: {
    printed: async () => [`Open: ${await one(`${open} and source = '${source}'`)}`],
  },
  '/rejections/not_json': {
    printed: async () => [
      `${await one(open)} rejections on this page, the most recent first`,
      ...(
        await ask<{ seen: number }>(`select seen_count as seen from ingest.rejection where seen_count > 1`)
      ).map(({ seen }) => `Seen: ${formatTimes(seen)}`),
    ],
    json: { pick: ({ rejections }: { rejections: unknown[] }) => rejections.length, query: open },
  },
  '/rejections/{(select min(rejection_id) from ingest.rejection)}': {
    printed: async () => {
      const [row] = await ask<{ seen: number; size: number }>(
        `select seen_count as seen, content_bytes::float8 as size from ingest.rejection order by rejection_id limit 1`,
      )
      return [`Seen: ${formatTimes(row?.seen ?? 0)}`, `Size: ${formatBytes(row?.size ?? 0)}, kept`]
    },
    json: {
      pick: ({ seenCount }: { seenCount: number }) => seenCount,
      query: 'select seen_count from ingest.rejection order by rejection_id limit 1',
    },
  },
  '/sessions': {
    printed: async () =>
      (
        await ask<{ revisions: number }>(`
          select revision_count as revisions from (
            select *, row_number() over (partition by source, channel order by session_id desc) as place
            from ingest.session_head) head
          where place <= 5 order by loaded_at desc limit 20`)
      ).map(({ revisions }) => `Revisions: ${revisions}`),
    json: {
      pick: ({ recent }: { recent: unknown[] }) => recent.length,
      query: `select least(20, sum(least(5, count))) from
        (select count(*) from ingest.session_head group by source, channel) own`,
    },
  },
  [`/sessions?source=${source}&channel=call`]: {
    printed: async () => {
      const count = await one(
        `select count(*) from ingest.session_head where source = '${source}' and channel = 'call'`,
      )
      return [`${formatCount(count, 'session')} on this page, the highest ids first`]
    },
  },
  [`/objects?source=${source}`]: {
    printed: async () => {
      const sizes = await ask<{ size: number }>(
        `select size_bytes::float8 as size from ingest.object where source = '${source}'`,
      )
      return [
        `${formatCount(sizes.length, 'object')} on this page`,
        ...sizes.map(({ size }) => `Size: ${formatBytes(size)}`),
      ]
    },
    json: {
      pick: ({ objects }: { objects: unknown[] }) => objects.length,
      query: `select count(*) from ingest.object where source = '${source}'`,
    },
  },
  [`/history?of={'${source}/call/' || ${session}}`]: { printed: sessionFigures },
  [`/history?of={'s3://files/' || ${object}}`]: {
    printed: async () => {
      const { size, receives } = await readObject()
      return [
        ...(await stepsOfObject()),
        `Size: ${formatCount(size, 'byte')}`,
        `Receives: ${formatCount(receives, 'receive')} of the last delivery`,
      ]
    },
  },
  "/analytics?{(select 'from=' || (max(local_day) - 60) || '&to=' || max(local_day) from analytics.session)}":
    {
      printed: analyticsFigures,
    },
  // It is the text of docs/runbook.md.
  '/runbook': {
    printed: async () => {
      const page = renderRunbookPage({ text: readRunbook() }, shell)
      return figuresIn(page)
    },
  },
  '/drift': { printed: driftFigures },
  '/runs': {
    printed: runsFigures,
    json: {
      pick: ({ backfills }: { backfills: { objects: number }[] }) => backfills[0]?.objects,
      query: `(select sum(value::int) from ingest.backfill_shard, jsonb_each_text(counts) where key <> 'listed')
        + (select sum(page_ended) from ingest.backfill_shard)`,
    },
  },
  '/retention': { printed: async () => [] },
  '/runs/new': { printed: async () => [] },
  '/actions': {
    printed: async () => [
      `Confirmed: ${await one('select confirmed_count from ingest.action')}`,
      'So far: 34 fixed, 1,200 current',
    ],
    json: {
      pick: ({ actions }: { actions: { counts: Record<string, number> }[] }) => actions[0]?.counts.current,
      query: `select (counts ->> 'current')::int from ingest.action`,
    },
  },
  '/actions/{(select action_id from ingest.action)}': {
    printed: async () => [
      `Confirmed: ${formatNumber(await one('select confirmed_count from ingest.action'))}`,
      'Done: 34 fixed, 1,200 current.',
    ],
  },
  '/days?days=366': {
    printed: daysFigures,
    json: {
      pick: ({ days }: { days: { sessions: number }[] }) =>
        days.reduce((sum, { sessions: count }) => sum + count, 0),
      query: 'select count(*) from analytics.session where local_day > current_date - 366',
    },
  },
}

test('there is a comparison for each page of the route table', async () => {
  const addresses = await Promise.all(Object.keys(compared).map(resolve))
  expect(routesWithout(opened.routes, addresses)).toEqual([])
})

const titled = Object.keys(compared).map((address) => ({
  address,
  page: address.replace(/\{.*\}/s, '…'),
}))

test.each(titled)('every figure on $page is what SQL counts', async ({ address }) => {
  const { printed, json } = compared[address] ?? { printed: async () => [] }
  const resolved = await resolve(address)
  const url = new URL(resolved, 'http://console')
  const route = opened.routes.find(({ path }) => path.test(url.pathname))
  const inPath = route?.path.exec(url.pathname)?.groups ?? {}
  const answer = await route?.read({
    ...Object.fromEntries(url.searchParams),
    ...Object.fromEntries(Object.entries(inPath).map(([name, text]) => [name, decodeURIComponent(text)])),
  })
  if (answer === undefined) throw new Error(`no page at ${address}`)
  expect(figuresIn(answer.page(shell)).sort()).toEqual((await printed()).sort())
  if (json !== undefined)
    expect(json.pick(JSON.parse(JSON.stringify(answer.data)) as never)).toBe(await one(json.query))
})

/** Addresses name sessions, objects and days by a query in braces. */
async function resolve(address: string): Promise<string> {
  const [, before = '', query, after = ''] = /^(.*?)\{(.*)\}(.*)$/s.exec(address) ?? []
  if (query === undefined) return address
  const [row] = await ask<{ value: string }>(`select ${query} as value`)
  const value = String(row?.value)
  return `${before}${before.endsWith('?') ? value : encodeURIComponent(value)}${after}`
}
