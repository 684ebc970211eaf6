import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { Client } from 'pg'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { findFreePort } from './free-port.ts'
import { findPostgresBinaries, readPostgresBinaries } from './postgres-binaries.ts'
import { openCluster } from './postgres-cluster.ts'
import { type PostgresProcess, spawnPostgres } from './postgres-process.ts'
import { clearPostmasterFile, readPostmasterFile } from './postmaster-file.ts'
import { findServerIdentity } from './server-identity.ts'

export type EmbeddedPostgresOptions = {
  /** Created if missing. Its content survives a restart. */
  dataDir: string
  /** On 127.0.0.1. A free port by default, and for 0. */
  port?: number
  /** Called with lines of the server's log. They contain no statements and no row values. */
  onLog?: (line: string) => void
  /** Server settings for this run, for example `{ fsync: 'off' }`. */
  settings?: Record<string, string>
  /** A folder with `initdb` and `postgres` of another release or build. The npm package's by default. */
  binDir?: string | undefined
}

export type EmbeddedPostgres = {
  /** With user and password, for the database `postgres`. */
  url: string
  port: number
  pid: number
  /** Resolves when the server has ended, for any reason. */
  ended: Promise<void>
  /** Stops the server with a fast shutdown, or harder if that takes too long. May be called more than once. */
  stop(): Promise<void>
}

const startTimeoutMs = 60_000
const pollMs = 10
const portTriesMax = 5

const defaultSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Client errors quote row values and statements. The client gets them anyway.
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
}

/**
 * Starts a real Postgres as a child of this process. It stops when this process ends in any way.
 * @throws EmbeddedPostgresError
 */
export async function startPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  const identity = await findServerIdentity(dataDir)
  const binaries = await (options.binDir === undefined
    ? findPostgresBinaries(identity)
    : readPostgresBinaries(options.binDir, identity))
  const password = await openCluster(dataDir, binaries, identity)
  await clearPostmasterFile(dataDir)

  for (let tries = 1; ; tries++) {
    const port = options.port || (await findFreePort())
    const settings = { ...defaultSettings, ...options.settings, port: String(port) }
    const server = await spawnPostgres({
      postgres: binaries.postgres,
      dataDir,
      settings,
      identity,
      onLog: options.onLog,
    })
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    try {
      await waitUntilReady(server, dataDir)
      await requireConnection(url)
      return { url, port, pid: server.pid, ended: server.exited, stop: server.stop }
    } catch (error) {
      await server.stop()
      if (!isPortTaken(server)) throw asStartError(error, server)
      if (options.port || tries === portTriesMax) throw portTaken(port)
    }
  }
}

/** The server writes to its file when it accepts connections. pg_ctl uses the same file. */
async function waitUntilReady(server: PostgresProcess, dataDir: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs
  for (;;) {
    if (server.hasExited()) throw new Error('Postgres ended while it was starting')
    const file = await readPostmasterFile(dataDir)
    if (file?.pid === server.pid && file.isReady) return
    if (Date.now() > deadline) throw new Error(`Postgres was not ready after ${startTimeoutMs} ms`)
    await wait(pollMs)
  }
}

async function requireConnection(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: startTimeoutMs })
  await client.connect()
  await client.end()
}

function isPortTaken(server: PostgresProcess): boolean {
  return server.lastLines().some((line) => line.includes('Address already in use'))
}

function portTaken(port: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'port-taken',
    `Port ${port} of 127.0.0.1 is in use by another program. Choose another port, or none for a free one.`,
  )
}

function asStartError(error: unknown, server: PostgresProcess): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'start-failed',
    [`${describeError(error)}. Its last lines:`, ...server.lastLines()].join('\n'),
    {
      cause: error,
    },
  )
}
