import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startEmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { createSqsClient } from '@aftercall/storage/aws-clients'
import { sendMessages } from '@aftercall/storage/send-messages'
import { writeS3Notification } from '@aftercall/storage/write-s3-notification'
import { openDatabase } from '@aftercall/warehouse/database'
import { migrate, readMigrations } from '@aftercall/warehouse/migrate'
import { openReadOnlySession } from '@aftercall/warehouse/read-only-query'

/**
 * Backfill of N files beside the live path of as many, by turns in one run; then one of all files that is killed again and
 * again. Arguments: files for the comparison, files for the killed run, kills.
 */
const [compared = 6_000, killedFiles = 0, kills = 10] = process.argv.slice(2).map(Number)
const rounds = 3
const command = new URL('../services/cli/bin/aftercall.js', import.meta.url).pathname
const stack = await startEmbeddedStack()
const running = new Set<ChildProcess>()
try {
  const rates = { backfill: [] as number[], live: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    rates.backfill.push(await measureBackfill(compared))
    rates.live.push(await measureLive(compared))
  }
  const [backfill, live] = [median(rates.backfill), median(rates.live)]
  print(`backfill direct: ${backfill.toFixed(0)} files/s (${list(rates.backfill)})`)
  print(`live path:       ${live.toFixed(0)} files/s (${list(rates.live)})`)
  print(`ratio: ${(backfill / live).toFixed(2)}`)
  if (killedFiles > 0) await measureKilled(killedFiles)
} finally {
  for (const child of running) child.kill('SIGKILL')
  await stack.stop()
}

type Place = { config: string; env: Record<string, string>; url: string; port: number; s3: ChildProcess }

async function openPlace(name: string, objects: number, queueUrl: string): Promise<Place> {
  const s3 = start(
    [process.execPath, new URL('./many-objects-s3.ts', import.meta.url).pathname, String(objects)],
    {},
  )
  const port = Number(await firstLine(s3))
  const url = await createDatabase(name)
  const config = join('/tmp', `aftercall-bench-${process.pid}-${name}.yaml`)
  await writeFile(
    config,
    JSON.stringify({
      database: { url, allowSuperuser: true },
      queues: { live: { url: queueUrl } },
      sources: [{ name: 'bench', bucket: 'bench', prefix: 'metadata/' }],
      http: { port: 0 },
    }),
  )
  const env = { ...stack.awsEnvironment, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` }
  return { config, env, url, port, s3 }
}

async function measureBackfill(objects: number): Promise<number> {
  const place = await openPlace(`backfill_${Date.now()}`, objects, 'http://127.0.0.1:1/none')
  const args = ['backfill', '--config', place.config, '--source', 'bench', '--json']
  const child = start([command, ...args], place.env)
  const output = await wholeOutput(child)
  const { seconds, counts } = JSON.parse(output.stdout)
  if (counts.stored !== objects) throw new Error(`stored ${JSON.stringify(counts)}: ${output.stderr}`)
  print(`  backfill: ${objects} files in ${seconds} s, RSS max ${output.rssMaxMiB.toFixed(0)} MiB`)
  place.s3.kill('SIGKILL')
  return objects / seconds
}

async function measureLive(objects: number): Promise<number> {
  const queue = await stack.aws.createQueue(`live-${Date.now()}`, { visibilitySeconds: 600 })
  const place = await openPlace(`live_${Date.now()}`, objects, queue.url)
  const sqs = createSqsClient({ queueUrl: queue.url, env: stack.awsEnvironment })
  const keys = (await listKeys(place.port)).map((key) => ({ bucket: 'bench', key }))
  const eventTime = new Date()
  await sendMessages(
    sqs,
    queue.url,
    keys.map((ref) => writeS3Notification([ref], { eventTime })),
  )
  sqs.destroy()
  const child = start([command, 'worker', '--config', place.config], { ...place.env, LOG_LEVEL: 'warn' })
  const output = wholeOutput(child)
  const [first, last] = await settledBetween(place.url, objects)
  child.kill('SIGTERM')
  const { rssMaxMiB } = await output
  place.s3.kill('SIGKILL')
  const seconds = (last - first) / 1000
  print(`  live: ${objects} files in ${seconds.toFixed(1)} s, RSS max ${rssMaxMiB.toFixed(0)} MiB`)
  return objects / seconds
}

async function measureKilled(objects: number): Promise<void> {
  const place = await openPlace('killed', objects, 'http://127.0.0.1:1/none')
  const startedAt = performance.now()
  let args = ['--source', 'bench']
  let rssMaxMiB = 0
  for (let kill = 1; kill <= kills; kill += 1) {
    const child = start([command, 'backfill', '--config', place.config, '--json', ...args], place.env)
    const output = wholeOutput(child)
    const target = Math.floor((objects * (kill - Math.random() * 0.8)) / (kills + 1))
    await untilSettled(place.url, target)
    child.kill('SIGKILL')
    rssMaxMiB = Math.max(rssMaxMiB, (await output).rssMaxMiB)
    args = ['--resume', '1']
  }
  const last = await wholeOutput(
    start([command, 'backfill', '--config', place.config, '--json', ...args], place.env),
  )
  rssMaxMiB = Math.max(rssMaxMiB, last.rssMaxMiB)
  const counts = await (await fetch(`http://127.0.0.1:${place.port}/counts`)).text()
  const [tables] = await query(
    place.url,
    `select (select count(*) from warehouse.session), (select count(*) from ingest.object where outcome = 'stored'),
            (select sum(settle_count - 1) from ingest.object)`,
  )
  const seconds = (performance.now() - startedAt) / 1000
  print(
    `killed ${kills} times: ${objects} files in ${seconds.toFixed(0)} s, RSS max ${rssMaxMiB.toFixed(0)} MiB`,
  )
  print(`  sessions, stored objects, objects settled again: ${tables?.join(', ')}`)
  print(`  fetches by how often, and list calls: ${counts}`)
  place.s3.kill('SIGKILL')
}

async function listKeys(port: number): Promise<string[]> {
  const keys: string[] = []
  for (let after = ''; ; ) {
    const text = await (
      await fetch(`http://127.0.0.1:${port}/bench?list-type=2&prefix=metadata/&start-after=${after}`)
    ).text()
    const page = [...text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => decodeURIComponent(key ?? ''))
    keys.push(...page)
    after = page.at(-1) ?? ''
    if (page.length < 1_000) return keys
  }
}

async function settledBetween(url: string, objects: number): Promise<[number, number]> {
  await untilSettled(url, objects)
  const [row] = await query(
    url,
    'select extract(epoch from min(settled_at)) * 1000, extract(epoch from max(settled_at)) * 1000 from ingest.object',
  )
  return [Number(row?.[0]), Number(row?.[1])]
}

async function untilSettled(url: string, objects: number): Promise<void> {
  const session = await openReadOnlySession({ url })
  try {
    for (;;) {
      const [answer] = await session.query('select count(*) from ingest.object')
      if (Number(answer?.rows[0]?.[0]) >= objects) return
      await wait(500)
    }
  } finally {
    await session.close()
  }
}

async function query(url: string, text: string): Promise<(string | null)[][]> {
  const session = await openReadOnlySession({ url })
  try {
    return (await session.query(text))[0]?.rows ?? []
  } finally {
    await session.close()
  }
}

async function createDatabase(name: string): Promise<string> {
  const server = open(stack.databaseUrl)
  const { sql } = await import('kysely')
  await sql`create database ${sql.id(name)}`.execute(server.db)
  await server.close()
  const url = new URL(stack.databaseUrl)
  url.pathname = name
  const database = open(url.href)
  await migrate(database.db, await readMigrations(new URL('../migrations', import.meta.url).pathname))
  await database.close()
  return url.href
}

function open(url: string) {
  return openDatabase({
    url,
    poolMax: 1,
    applicationName: 'bench',
    statementTimeoutSeconds: 60,
    onIdleError() {},
  })
}

/** By its own first line, as a user's shell would. */
function start([file = '', ...args]: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(file, args, {
    env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: process.env.HOME ?? '/', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  child.once('close', () => running.delete(child))
  return child
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.stdout?.once('data', (data) => resolve(String(data).trim())))
}

type Output = { stdout: string; stderr: string; rssMaxMiB: number }

/** Until it ends, with the largest resident set that it was seen with. */
async function wholeOutput(child: ChildProcess): Promise<Output> {
  const output: Output = { stdout: '', stderr: '', rssMaxMiB: 0 }
  child.stdout?.on('data', (data) => {
    output.stdout += data
  })
  child.stderr?.on('data', (data) => {
    output.stderr = `${output.stderr}${data}`.slice(-4_000)
  })
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
    const kib = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0)
    output.rssMaxMiB = Math.max(output.rssMaxMiB, kib / 1024)
  }, 200)
  await new Promise((resolve) => child.once('close', resolve))
  clearInterval(timer)
  return output
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

function list(numbers: readonly number[]): string {
  return numbers.map((one) => one.toFixed(0)).join(', ')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
