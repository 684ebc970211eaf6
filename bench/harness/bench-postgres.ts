import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { type Database, type DatabaseHandle, openDatabase } from '@aftercall/warehouse/connection/database'
import { makeMonth } from '@aftercall/warehouse/maintenance/months'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'
import { cpuMsOf } from './process-usage.ts'

export type BenchPostgres = {
  /**
   * CPU so far of each session that is open on a database. Not of autovacuum, the checkpointer and the WAL writer, which also
   * work for the parties that are not measured.
   */
  sessionsCpuMs(databaseUrl: string): Promise<SessionsCpuMs>
  /** Bytes of WAL written so far. */
  walBytes(): Promise<number>
  /** Creates a migrated database with the partitions of the mix. */
  createDatabase(name: string): Promise<string>
  /** A database without tables, for a release that brings its own migrations. */
  createEmptyDatabase(name: string): Promise<string>
  /** Writes a checkpoint, so that no trial pays for the writes of another. */
  checkpoint(): Promise<void>
  /** Of the server, with whether it can compress documents with lz4: `Postgres 15, with lz4`. */
  about: string
  hasLz4: boolean
  stop(): Promise<void>
}

/** By process and start, so that a session that has ended is noticed. */
export type SessionsCpuMs = ReadonlyMap<string, number>

export type BenchPostgresOptions = {
  /** The folder with `initdb` and `postgres` of another server than the embedded one. */
  binDir?: string | undefined
  settings?: Readonly<Record<string, string>> | undefined
}

/**
 * Settings for a write-heavy server of this machine's size. Every commit is on disk before it is acknowledged. Checkpoints
 * come when a comparison asks for one: the pages that are written whole after it belong to all contenders.
 */
const defaultSettings = {
  shared_buffers: '2GB',
  max_wal_size: '16GB',
  checkpoint_timeout: '1d',
  fsync: 'on',
  synchronous_commit: 'on',
  max_connections: '100',
}
const template = 'bench_template'
const monthsOfMix = ['2026-03', '2026-04']

/** A real Postgres in a folder that is removed when it stops. */
export async function startBenchPostgres({
  binDir,
  settings,
}: BenchPostgresOptions = {}): Promise<BenchPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'aftercall-bench-'))
  // Started by root, Postgres runs as another user, who must be able to enter the folder.
  await chmod(dir, 0o711)
  const server = await startPostgres({
    dataDir: join(dir, 'postgres'),
    settings: { ...defaultSettings, ...settings },
    binDir,
  })
  const admin = openBenchDatabase(server.url, 4)
  await sql`create database ${sql.id(template)}`.execute(admin.db)
  await prepareDatabase(urlOf(server.url, template))
  const hasLz4 = await readHasLz4(admin.db)
  return {
    hasLz4,
    about: `Postgres ${await readVersion(admin.db)}, ${hasLz4 ? 'with' : 'without'} lz4`,
    sessionsCpuMs: (databaseUrl) => cpuMsOfSessions(admin.db, databaseUrl),
    walBytes: () => readWalBytes(admin.db),
    createDatabase: async (name) => {
      await sql`create database ${sql.id(name)} template ${sql.id(template)}`.execute(admin.db)
      return urlOf(server.url, name)
    },
    createEmptyDatabase: async (name) => {
      await sql`create database ${sql.id(name)}`.execute(admin.db)
      return urlOf(server.url, name)
    },
    checkpoint: async () => void (await sql`checkpoint`.execute(admin.db)),
    stop: async () => {
      await admin.close()
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Migrations, and the partitions of the mix. */
export async function prepareDatabase(url: string): Promise<void> {
  const { db, close } = openBenchDatabase(url)
  await migrate(db, await readMigrations(new URL('../../migrations', import.meta.url).pathname))
  for (const month of monthsOfMix) await makeMonth(db, month)
  await close()
}

export function openBenchDatabase(url: string, poolMax = 1): DatabaseHandle {
  return openDatabase({
    url,
    poolMax,
    applicationName: 'bench',
    statementTimeoutSeconds: 600,
    onIdleError: () => {},
  })
}

export async function cpuMsOfSessions(db: Database, databaseUrl: string): Promise<SessionsCpuMs> {
  const database = new URL(databaseUrl).pathname.slice(1)
  const { rows } = await sql<{ pid: number; since: string }>`
    select pid, backend_start::text as since from pg_stat_activity
    where datname = ${database} and backend_type = 'client backend' and pid <> pg_backend_pid()`.execute(db)
  return new Map(rows.map(({ pid, since }) => [`${pid} ${since}`, cpuMsOf(pid)]))
}

async function readHasLz4(db: Database): Promise<boolean> {
  const { rows } = await sql<{ lz4: boolean }>`
    select 'lz4' = any(enumvals) as lz4 from pg_settings where name = 'default_toast_compression'`.execute(db)
  return rows[0]?.lz4 === true
}

async function readVersion(db: Database): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select split_part(current_setting('server_version'), ' ', 1) as version`.execute(db)
  return rows[0]?.version ?? ''
}

export async function readWalBytes(db: Database): Promise<number> {
  const { rows } = await sql<{ bytes: string }>`
    select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bytes`.execute(db)
  return Number(rows[0]?.bytes)
}

export function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = database
  return url.href
}
