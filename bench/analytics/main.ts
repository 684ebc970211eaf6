import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres } from '@aftercall/embedded/postgres'
import { fillDatabase, fillSettings, twoYears } from './fill-database.ts'

/**
 * Fills a database and keeps it running for `npm run bench -- analytics --database URL`, to try queries and indexes:
 *
 *     node bench/analytics/main.ts FOLDER [sessions, 1,000,000 by default]
 *
 * Ctrl-C stops it; the folder is kept.
 */
const [dataDir = '', sessions = '1000000'] = process.argv.slice(2)
if (dataDir === '') {
  process.stderr.write('usage: node bench/analytics/main.ts FOLDER [sessions]\n')
  process.exit(2)
}
const server = await startPostgres({ dataDir, settings: fillSettings })
process.once('SIGINT', () => void server.stop().then(() => process.exit(0)))
await fillDatabase(
  server.url,
  { sessions: Number(sessions), periods: twoYears, rawDocuments: true },
  (line) => process.stdout.write(`${line}\n`),
)
process.stdout.write(`${server.url}\n`)
for (;;) await wait(60_000)
