import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startPostgres } from '@aftercall/embedded/postgres'
import { fillDatabase, fillSettings, twoYears } from './fill-database.ts'
import { fillingOfLargeCenter } from './large-center.ts'

/**
 * Fills a database and keeps it running, to try queries and indexes with `--database URL`:
 *
 *     node bench/analytics/main.ts FOLDER [sessions, 1,000,000 by default]                  # for `analytics` and `console`
 *     node bench/analytics/main.ts FOLDER [sessions, 1,000,000 by default] --large-center   # for `rollups`
 *
 * Ctrl-C stops it; the folder is kept.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'large-center': { type: 'boolean', default: false } },
})
const [dataDir = '', count = '1000000'] = positionals
if (dataDir === '') {
  process.stderr.write('usage: node bench/analytics/main.ts FOLDER [sessions] [--large-center]\n')
  process.exit(2)
}
const sessions = Number(count)
const filling = values['large-center']
  ? fillingOfLargeCenter(sessions)
  : { sessions, periods: twoYears, rawDocuments: true }
const server = await startPostgres({ dataDir, settings: fillSettings })
process.once('SIGINT', () => void server.stop().then(() => process.exit(0)))
await fillDatabase(server.url, filling, (line) => process.stdout.write(`${line}\n`))
process.stdout.write(`${server.url}\n`)
for (;;) await wait(60_000)
