import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { runReconcile } from '@aftercall/ingest/reconcile/run-reconcile'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { compareKeys } from '@aftercall/storage/listing/compare-keys'
import { listPages } from '@aftercall/storage/listing/list-objects'
import { type Database, openDatabase } from '@aftercall/warehouse/connection/database'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'

/**
 * A comparison of a bucket of many keys with a ledger that has the first of them: time, calls and memory.
 *
 *     node bench/reconcile-ten-million.ts [objects, 10,000,000 by default] [ledger rows, 1,000,000 by default]
 *
 * The bucket is an HTTP server in another process, which makes its pages from the numbers of the keys; Postgres is real.
 */
const bucket = 'session-files'
const prefix = 'metadata/'
const objectsPerDay = 20_000
const firstDayMs = Date.parse('2023-01-01T00:00:00Z')
const dayMs = 86_400_000

const objects = wholeArgument(2, 10_000_000)
const ledgerRows = Math.min(objects, wholeArgument(3, 1_000_000))

if (process.send === undefined) await compare()
else serveBucket()

async function compare(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'aftercall-bench-'))
  await chmod(dataDir, 0o711)
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres') })
  const server = fork(new URL(import.meta.url).pathname, [String(objects)])
  const database = openDatabase({
    ...{ url: postgres.url, poolMax: 4, applicationName: 'bench', statementTimeoutSeconds: 600 },
    onIdleError: () => {},
  })
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }]
    await migrate(database.db, await readMigrations(new URL('../migrations', import.meta.url).pathname))
    await fillLedger(database.db)
    await measure(database.db, `http://127.0.0.1:${port}`)
  } finally {
    server.disconnect()
    await database.close()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function measure(db: Database, endpoint: string): Promise<void> {
  const s3 = createS3Client({ env: { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' }, endpoint })
  const startedAt = performance.now()
  let listed = 0
  async function* countedPages() {
    for await (const page of listPages(s3, { bucket, prefix })) {
      listed += page.length
      yield page
    }
  }
  const seconds = (): number => (performance.now() - startedAt) / 1000
  const rss: number[] = []
  const timer = setInterval(() => {
    rss.push(process.memoryUsage.rss())
    if (rss.length % 10 !== 1) return
    const rate = Math.round(listed / seconds())
    print(`${seconds().toFixed(0)} s: ${listed} keys, ${rate} a second, RSS ${megabytes(rss.at(-1))} MB`)
  }, 1_000)
  const cpu = process.cpuUsage()
  const { counts, byDay, byPrefix } = await runReconcile({
    ...{ db, source: { name: 'bench', bucket, prefix }, graceMs: 900_000, onDifference: () => {} },
    run: { purpose: 'command', host: 'bench' },
    bucketObjects: { pages: countedPages(), asOf: null },
    signal: new AbortController().signal,
  })
  clearInterval(timer)
  const { user, system } = process.cpuUsage(cpu)
  const calls = await (await fetch(`${endpoint}/calls`)).text()
  print(`${JSON.stringify(counts)}, ${byDay.length} days, ${byPrefix.length} folders`)
  print(
    `${seconds().toFixed(1)} s, ${Math.round(listed / seconds())} keys a second, CPU ${((user + system) / 1e6).toFixed(1)} s, ${calls} calls to the store`,
  )
  const late = rss.slice(Math.floor(rss.length / 4))
  print(
    `RSS at the most ${megabytes(Math.max(...rss))} MB; after the first quarter from ${megabytes(Math.min(...late))} to ${megabytes(Math.max(...late))} MB`,
  )
  s3.destroy()
}

/** The same keys and ETags as the bucket's, made by Postgres. */
async function fillLedger(db: Database): Promise<void> {
  await sql`
    insert into ingest.object (bucket, object_key, source, outcome, etag, last_modified, settled_at)
    select ${bucket},
           ${prefix} || to_char(timestamp '2023-01-01' + make_interval(days => i / ${objectsPerDay}::integer), 'YYYY/MM/DD')
             || '/call-' || lpad(i::text, 9, '0') || '.json',
           'bench', 'stored', md5('e' || i), now() - interval '1 day', now() - interval '1 day'
    from generate_series(0, ${ledgerRows}::integer - 1) as numbers (i)
  `.execute(db)
  await sql`vacuum analyze ingest.object`.execute(db)
  print(`${ledgerRows} rows in the ledger`)
}

/** ListObjectsV2 of keys that are made from their numbers. */
function serveBucket(): void {
  let calls = 0
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/calls') return void response.end(String(calls))
    calls += 1
    const asked = searchParams.get('prefix') ?? ''
    const after = searchParams.get('start-after') ?? ''
    const token = searchParams.get('continuation-token')
    const pageSize = Math.min(1_000, Number(searchParams.get('max-keys') ?? 1_000))
    const start = token === null ? firstFrom(asked, after) : Number(token)
    const numbers = Array.from({ length: Math.min(pageSize, objects - start) }, (_, index) => start + index)
    const keys = numbers.filter((number) => keyOf(number).startsWith(asked))
    const isTruncated = keys.length === pageSize && start + pageSize < objects
    response
      .writeHead(200, { 'content-type': 'application/xml' })
      .end(
        `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
          `<Name>${bucket}</Name><KeyCount>${keys.length}</KeyCount><EncodingType>url</EncodingType>` +
          `<IsTruncated>${isTruncated}</IsTruncated>` +
          (isTruncated ? `<NextContinuationToken>${start + pageSize}</NextContinuationToken>` : '') +
          `${keys.map(entryOf).join('')}</ListBucketResult>`,
      )
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
  })
  process.once('disconnect', () => process.exit())
}

/** The number of the first key that is below the prefix and after the given one. */
function firstFrom(asked: string, after: string): number {
  let [low, high] = [0, objects]
  while (low < high) {
    const middle = (low + high) >>> 1
    const key = keyOf(middle)
    if (compareKeys(key, asked) < 0 || (after !== '' && compareKeys(key, after) <= 0)) low = middle + 1
    else high = middle
  }
  return low
}

function keyOf(number: number): string {
  const day = new Date(firstDayMs + Math.floor(number / objectsPerDay) * dayMs).toISOString().slice(0, 10)
  return `${prefix}${day.replaceAll('-', '/')}/call-${String(number).padStart(9, '0')}.json`
}

function entryOf(number: number): string {
  const modified = new Date(firstDayMs + (number / objectsPerDay) * dayMs).toISOString()
  return (
    `<Contents><Key>${keyOf(number)}</Key><LastModified>${modified}</LastModified>` +
    `<ETag>&quot;${etagOf(number)}&quot;</ETag><Size>4000</Size><StorageClass>STANDARD</StorageClass></Contents>`
  )
}

function etagOf(number: number): string {
  return createHash('md5').update(`e${number}`).digest('hex')
}

function wholeArgument(position: number, otherwise: number): number {
  const text = process.argv[position] ?? String(otherwise)
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0 || number > 50_000_000)
    throw new Error(`${text} is not a whole number up to 50,000,000`)
  return number
}

function megabytes(bytes = 0): string {
  return (bytes / 1e6).toFixed(0)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
