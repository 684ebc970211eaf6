import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createTestLogin } from '@aftercall/testkit/test-login'
import pg from 'pg'
import { openReads } from '../../services/console/src/open-reads.ts'
import { listRoutes } from '../../services/console/src/routes.ts'
import { testShell } from '../../services/console/test/test-shell.ts'
import { withFilledDatabase } from '../analytics/fill-database.ts'
import { cpuMsOf } from '../harness/process-usage.ts'
import { quantileOf } from '../harness/statistics.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

export const consolePages: Comparison = {
  name: 'console',
  about: 'the queries and the HTML of every page of the console, as a login of aftercall_operator',
  run: (options) => {
    const filling = { sessions: options.sessions, periods: options.periods, rawDocuments: false }
    return withFilledDatabase(options, filling, (url) => readPages(url, options))
  },
}

const runs = 10

async function readPages(url: string, { print }: ComparisonOptions): Promise<Found> {
  const login = await createTestLogin(url, { inRoles: ['aftercall_operator'] })
  const owner = new pg.Client({ connectionString: url })
  await owner.connect()
  try {
    const addresses = await findAddresses(owner)
    print(`${'page'.padEnd(70)} ${['p50 ms', 'p95 ms', 'CPU p50', 'CPU p95'].map(pad).join('')}`)
    const pages: PageCost[] = []
    for (const address of addresses) {
      const cost = await measurePage(login.urlOf(url), address, () => cpuOf(owner, login.name))
      pages.push(cost)
      print(`${address.slice(0, 70).padEnd(70)} ${figuresOf(cost)}`)
    }
    const worst = pages.reduce((most, page) => (page.cpuP95 > most.cpuP95 ? page : most))
    print(`most CPU: ${worst.address}, p95 ${worst.cpuP95.toFixed(0)} ms`)
    return { name: consolePages.name, figures: { pages }, measured: { consolePageCpuMs: worst.cpuP95 } }
  } finally {
    await owner.end()
    await login.drop()
  }
}

/** CPU is that of this process and of its sessions: what a page takes on a machine with nothing else to do, but for the disk. */
type PageCost = { address: string; p50: number; p95: number; cpuP50: number; cpuP95: number }

function figuresOf({ p50, p95, cpuP50, cpuP95 }: PageCost): string {
  return [p50, p95, cpuP50, cpuP95].map((ms) => pad(ms.toFixed(0))).join('')
}

function pad(text: string): string {
  return text.padStart(9)
}

/** Of this process and of each session of the login, by its process. */
async function cpuOf(owner: pg.Client, login: string): Promise<Map<number, number>> {
  const { rows } = await owner.query<{ pid: number }>('select pid from pg_stat_activity where usename = $1', [
    login,
  ])
  const { user, system } = process.cpuUsage()
  return new Map([
    [process.pid, (user + system) / 1_000],
    ...rows.map(({ pid }) => [pid, cpuMsOf(pid)] as const),
  ])
}

/** An address for each route, with the ids, days and keys of the database. */
async function findAddresses(owner: pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ source: string; id: string; key: string; day: string; from: string }>(`
    select head.source, head.session_id as id, object.object_key as key, head.created_at::date::text as day,
           (head.created_at::date - 91)::text as from
    from ingest.session_head head
    join ingest.object using (source, channel, session_id)
    where head.channel = 'call' order by head.created_at desc limit 1`)
  const [found] = rows
  if (found === undefined) throw new Error('the database has no call')
  const { source, id, key, day, from } = found
  await owner.query(
    `insert into ingest.rejection (fingerprint, source, bucket, object_key, code, detail)
    select sha256(convert_to('bench ' || number, 'UTF8')), $1, 'files', 'broken/' || number, 'not_json', 'x'
    from generate_series(1, 20000) number on conflict do nothing`,
    [source],
  )
  const history = (of: string) => `/history?of=${encodeURIComponent(of)}`
  return [
    ...['/', '/?span=1h', '/?span=24h', '/?span=60d', `/?span=60d&source=${source}`, `/sources/${source}`],
    ...['/rejections', '/rejections/1', '/rejections/not_json', `/rejections/not_json?source=${source}`],
    ...['/sessions', `/sessions?source=${source}&channel=call`, `/sessions?source=${source}&day=${day}`],
    ...[
      '/objects',
      `/objects?source=${source}`,
      '/objects?outcome=failed',
      `/objects?source=${source}&key=${key.slice(0, 20)}`,
    ],
    ...[
      history(`${source}/call/${id}`),
      history(`s3://files/${key}`),
      history(id),
      history(key.slice(0, 24)),
    ],
    ...[`/analytics?from=${from}&to=${day}`, `/analytics?source=${source}&from=${from}&to=${day}`],
    ...[
      '/drift',
      '/runs',
      '/runs/new',
      '/retention',
      '/actions',
      '/runbook',
      '/days?days=60',
      '/days?days=366',
    ],
  ]
}

/** Each time with readers of its own, so that no answer is shared, and with open connections. The first time is left out. */
async function measurePage(
  url: string,
  address: string,
  readCpu: () => Promise<Map<number, number>>,
): Promise<PageCost> {
  const times: { ms: number; cpuMs: number }[] = []
  for (let run = 0; run <= runs; run += 1) {
    const reads = openReads({
      database: { url, poolMax: 4, statementTimeoutSeconds: 60 },
      console: { host: '127.0.0.1', port: 0, hosts: [], quietMinutes: 60, actors: [], actionsMax: 10_000 },
      months: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
      ...{ migrations: [], logger: createLogger({ level: 'silent' }) },
    })
    try {
      await Promise.all([reads.newBackfill(), reads.newBackfill(), reads.newBackfill()])
      const at = new URL(address, 'http://console')
      const route = listRoutes(reads).find(({ path }) => path.test(at.pathname))
      if (route === undefined) throw new Error(`no page at ${address}`)
      const inPath = route.path.exec(at.pathname)?.groups ?? {}
      const [cpuBefore, startMs] = [await readCpu(), performance.now()]
      const answer = await route.read({ ...Object.fromEntries(at.searchParams), ...inPath })
      answer.page(testShell(new Date()))
      const ms = performance.now() - startMs
      const cpuAfter = await readCpu()
      const cpuMs = [...cpuAfter].reduce((sum, [pid, after]) => sum + after - (cpuBefore.get(pid) ?? 0), 0)
      times.push({ ms, cpuMs })
    } finally {
      await reads.close()
    }
  }
  const others = times.slice(1)
  const sorted = others.map(({ ms }) => ms).sort((left, right) => left - right)
  const cpu = others.map(({ cpuMs }) => cpuMs).sort((left, right) => left - right)
  const [p50, p95] = [quantileOf(sorted, 0.5), quantileOf(sorted, 0.95)]
  return { address, p50, p95, cpuP50: quantileOf(cpu, 0.5), cpuP95: quantileOf(cpu, 0.95) }
}
