import { execFile } from 'node:child_process'
import { cp, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type EmbeddedPostgres, startPostgres } from '@aftercall/embedded/postgres'
import { monthsMade, templateName, templateOfMonthsName } from '@aftercall/testkit/test-database'
import { testPostgres } from '@aftercall/testkit/test-postgres'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'
import type { TestProject } from 'vitest/node'
import { makeFolderOfRun } from './folder-of-run.ts'

const migrationsDir = new URL('../migrations', import.meta.url).pathname

/** One Postgres for the whole run, with one migrated template that every suite clones. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await makeFolderOfRun()
  // The processes of the tests take it over.
  process.env.TMPDIR = folder
  const dataDir = join(folder, 'aftercall-servers')
  await mkdir(dataDir, { mode: 0o711 })
  const [cluster, emptyCluster] = [join(dataDir, 'cluster'), join(dataDir, 'empty-cluster')]
  const [postgres, command] = await Promise.all([
    startServer(join(dataDir, 'postgres'), { cluster, emptyCluster }),
    buildCommand(),
  ])
  project.provide('postgresUrl', postgres.url)
  project.provide('cluster', cluster)
  project.provide('emptyCluster', emptyCluster)
  project.provide('command', command)
  return async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
    await rm(dirname(command), { recursive: true, force: true })
  }
}

/** Leaves copies of its files, with and without the template, for tests that need a server of their own. */
async function startServer(
  dataDir: string,
  copies: { cluster: string; emptyCluster: string },
): Promise<EmbeddedPostgres> {
  const options = {
    ...testPostgres(),
    dataDir,
    // Every copy of a database makes a checkpoint, after which all pages would be logged whole; and no database lives long
    // enough to need a vacuum.
    settings: { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', max_connections: '200' },
  }
  const empty = await startPostgres(options)
  await empty.stop()
  await cp(dataDir, copies.emptyCluster, { recursive: true })
  const first = await startPostgres(options)
  await makeTemplate(first.url)
  await first.stop()
  await cp(dataDir, copies.cluster, { recursive: true })
  return startPostgres(options)
}

/** The command as it is released, in a folder of this run's own: another run must not take it away. */
async function buildCommand(): Promise<string> {
  const place = new URL(`../node_modules/.cache/aftercall-command-${process.pid}`, import.meta.url).pathname
  const script = new URL('../services/cli/scripts/build.ts', import.meta.url).pathname
  await promisify(execFile)(process.execPath, [script, place])
  return join(place, 'aftercall.js')
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The built command. */
    command: string
  }
}

async function makeTemplate(serverUrl: string): Promise<void> {
  const server = open(serverUrl)
  await sql`create database ${sql.id(templateName)}`.execute(server.db)
  await server.close()
  const url = new URL(serverUrl)
  url.pathname = templateName
  const template = open(url.href)
  await migrate(template.db, await readMigrations(migrationsDir))
  await template.close()
  await makeTemplateOfMonths(serverUrl)
}

async function makeTemplateOfMonths(serverUrl: string): Promise<void> {
  const server = open(serverUrl)
  const names = [sql.id(templateOfMonthsName), sql.id(templateName)] as const
  await sql`create database ${names[0]} template ${names[1]} strategy file_copy`.execute(server.db)
  await server.close()
  const url = new URL(serverUrl)
  url.pathname = templateOfMonthsName
  const template = open(url.href)
  for (const month of monthsMade) await sql`select ingest.create_month(${month}::date)`.execute(template.db)
  await template.close()
}

function open(url: string) {
  return openDatabase({
    url,
    poolMax: 2,
    applicationName: 'aftercall-test-setup',
    statementTimeoutSeconds: 60,
    onIdleError: () => {},
  })
}
