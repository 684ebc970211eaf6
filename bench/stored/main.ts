import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres } from '@aftercall/embedded/postgres'
import { buildAftercall, startAftercall } from '../contenders/aftercall.ts'
import { startFastAws } from '../fast-aws/start-fast-aws.ts'
import { prepareDatabase } from '../harness/bench-postgres.ts'
import { filesOf } from '../mix/mix.ts'
import { preloadSessions } from './preload-sessions.ts'

/**
 * Creates a database with many sessions and keeps it running for `npm run bench -- stored --database URL`:
 *
 *     node bench/stored/main.ts FOLDER [sessions, 10,000,000 by default]
 *
 * Ten million take about 20 GB and ten minutes. Ctrl-C stops it; the folder is kept.
 */
const [dataDir = '', sessions = '10000000'] = process.argv.slice(2)
const memory = { shared_buffers: '2GB', max_wal_size: '8GB', checkpoint_timeout: '15min' }
/** Durability is off while it is filled: after a crash, start over. */
const careless = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  max_wal_size: '8GB',
}
const templates = 1_000

if (dataDir === '') {
  process.stderr.write('usage: node bench/stored/main.ts FOLDER [sessions]\n')
  process.exit(2)
}
await fill()
const server = await startPostgres({ dataDir, settings: memory })
process.stdout.write(`${server.url}\n`)
process.once('SIGINT', () => void server.stop().then(() => process.exit(0)))
for (;;) await wait(60_000)

async function fill(): Promise<void> {
  const filling = await startPostgres({ dataDir, settings: { ...memory, ...careless } })
  await prepareDatabase(filling.url)
  await loadTemplates(filling.url)
  const startedMs = performance.now()
  const list = { lastMonth: '2026-04', months: 36, wholeMonths: 2 }
  await preloadSessions({
    url: filling.url,
    sessions: Number(sessions),
    ...list,
    onProgress: (made) => process.stdout.write(`${made} sessions, ${since(startedMs)} s\n`),
  })
  await filling.stop()
}

function since(startedMs: number): string {
  return ((performance.now() - startedMs) / 1_000).toFixed(0)
}

/** Loads sessions of the mix with a worker. */
async function loadTemplates(databaseUrl: string): Promise<void> {
  const aws = await startFastAws()
  const { url: queueUrl } = aws.openQueue('templates')
  const worker = await startAftercall(
    { aws, queue: 'templates', queueUrl, databaseUrl },
    await buildAftercall(),
  )
  const load = { firstSession: 390_000_000, sessions: templates }
  aws.send('templates', load)
  await aws.untilDeleted('templates', filesOf(load), 120_000)
  await worker.stop()
  aws.stop()
}
