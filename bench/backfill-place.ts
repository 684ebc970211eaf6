import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type EmbeddedStack, startEmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { openReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'

export const command = new URL('../services/cli/bin/aftercall.js', import.meta.url).pathname

/** A bucket of many files (see many-objects-s3.ts), an empty database, and a configuration for both. */
export type Place = {
  config: string
  env: Record<string, string>
  url: string
  port: number
  s3: ChildProcess
}

const running = new Set<ChildProcess>()

/** Starts the embedded services, runs `work`, and removes everything afterwards. */
export async function withStack(work: (stack: EmbeddedStack) => Promise<void>): Promise<void> {
  const stack = await startEmbeddedStack()
  try {
    await work(stack)
  } finally {
    for (const child of running) child.kill('SIGKILL')
    await stack.stop()
  }
}

export type PlaceOptions = {
  objects: number
  liveUrl?: string | undefined
  backfillUrl?: (port: number) => string
}

export async function openPlace(
  stack: EmbeddedStack,
  { objects, liveUrl, backfillUrl }: PlaceOptions,
): Promise<Place> {
  const name = `bench_${Date.now()}`
  const s3 = start(
    [process.execPath, new URL('./many-objects-s3.ts', import.meta.url).pathname, String(objects)],
    {},
  )
  const port = Number(await firstLine(s3))
  const url = await createDatabase(stack, name)
  const config = join(tmpdir(), `aftercall-${process.pid}-${name}.yaml`)
  await writeFile(
    config,
    JSON.stringify({
      database: { url, allowSuperuser: true },
      queues: {
        live: { url: liveUrl ?? 'http://127.0.0.1:1/none' },
        ...(backfillUrl === undefined ? {} : { backfill: { url: backfillUrl(port) } }),
      },
      sources: [{ name: 'bench', bucket: 'bench', prefix: 'metadata/' }],
      http: { port: 0 },
    }),
  )
  const env = { ...stack.awsEnvironment, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` }
  return { config, env, url, port, s3 }
}

/** Stops the bucket and removes the configuration. */
export async function closePlace({ s3, config }: Place): Promise<void> {
  s3.kill('SIGKILL')
  await rm(config)
}

export async function query(url: string, text: string): Promise<(string | null)[][]> {
  const session = await openReadOnlySession({ url })
  try {
    return (await session.query(text))[0]?.rows ?? []
  } finally {
    await session.close()
  }
}

async function createDatabase(stack: EmbeddedStack, name: string): Promise<string> {
  const server = open(stack.databaseUrl)
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

/** Starts the command by its first line (`#!`), as a user's shell would. */
export function start([file = '', ...args]: string[], env: Record<string, string>): ChildProcess {
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

export type Output = { stdout: string; stderr: string; rssMaxMiB: number }

/** Waits until it ends, and samples its largest resident set. */
export async function wholeOutput(child: ChildProcess): Promise<Output> {
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

export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
