// A separate process for the tests: starts Postgres in the given folder, prints its address, and stops it when standard input
// ends.
import { once } from 'node:events'
import { startPostgres } from './postgres.ts'

const [dataDir = ''] = process.argv.slice(2)
try {
  const postgres = await startPostgres({ dataDir })
  process.stdout.write(
    `${JSON.stringify({ url: postgres.url, pid: postgres.pid, uid: process.getuid?.() })}\n`,
  )
  process.stdin.resume()
  await once(process.stdin, 'end')
  await postgres.stop()
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`)
  process.exitCode = 1
}
