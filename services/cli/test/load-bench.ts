import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { inject } from 'vitest'
import { readFixture } from './load-fixture.ts'
import { type Ran, runCommand } from './run-command.ts'

/** A folder, a database and a configuration for `aftercall load`. */
export type LoadBench = {
  /** Where `write` puts files. */
  folder: string
  configFile: string
  database: TestDatabase
  /** Writes a file below the folder and returns its path. */
  write(name: string, content: string | Uint8Array): Promise<string>
  /** Runs `aftercall load PLACE …` with the configuration. */
  load(place: string, ...args: string[]): Promise<Ran>
  /** The outcome or code of each key, relative to the folder. */
  ledger(): Promise<Record<string, string>>
  rows<Row = Record<string, unknown>>(query: string): Promise<Row[]>
  close(): Promise<void>
}

export async function openLoadBench(): Promise<LoadBench> {
  const base = await mkdtemp(join(tmpdir(), 'aftercall-load-'))
  const folder = join(base, 'inside')
  await mkdir(folder)
  const database = await createTestDatabase(inject('postgresUrl'))
  const configFile = join(base, 'aftercall.yaml')
  const config = {
    database: { url: database.url, allowSuperuser: true },
    sources: ['acme', 'beta'].map((name) => ({ name, bucket: 'files', prefix: `${name}/` })),
    worker: { objectBytesMax: 65_536 },
  }
  await writeFile(configFile, JSON.stringify(config))
  const rows = async <Row>(query: string) => (await sql.raw<Row>(query).execute(database.db)).rows
  return {
    folder,
    configFile,
    database,
    rows,
    async write(name, content) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
      return path
    },
    load: (place, ...args) => runCommand(['load', place, ...args, '--config', configFile]),
    async ledger() {
      const found = await rows<{ key: string; ended: string }>(
        'select object_key as key, coalesce(code, outcome) as ended from ingest.object order by 1',
      )
      return Object.fromEntries(found.map(({ key, ended }) => [key.replace(`${folder}/`, ''), ended]))
    },
    async close() {
      await database.drop()
      await rm(base, { recursive: true, force: true })
    },
  }
}

const call = JSON.parse(readFixture('real/call-1418.json').toString()) as Record<string, unknown>

/** The real call with another session id. */
export function callWithId(id: number, changes: object = {}): string {
  return JSON.stringify({ ...call, id, ...changes })
}
