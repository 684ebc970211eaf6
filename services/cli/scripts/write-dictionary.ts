import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { type Dictionary, readDictionary } from '@aftercall/warehouse/schema/dictionary'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { printDictionary } from '../src/dictionary/print-dictionary.ts'
import { findMigrationsDir } from '../src/migrations-dir.ts'

const docs = new URL('../../../docs/', import.meta.url)

/** `npm run dictionary`: the committed dictionary, made anew from a database that only the migrations have touched. */
const dictionary = await readFreshDictionary()
await mkdir(new URL('dbt', docs), { recursive: true })
await writeFile(new URL('data-dictionary.md', docs), printDictionary(dictionary, 'md'))
await writeFile(new URL('dbt/sources.yml', docs), printDictionary(dictionary, 'dbt'))
process.stdout.write('Wrote docs/data-dictionary.md and docs/dbt/sources.yml.\n')

async function readFreshDictionary(): Promise<Dictionary> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-dictionary-'))
  // Root's Postgres runs as another user, who has to get into the folder.
  await chmod(folder, 0o711)
  try {
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), settings: { fsync: 'off' } })
    try {
      return await migrateAndRead(postgres.url)
    } finally {
      await postgres.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function migrateAndRead(url: string): Promise<Dictionary> {
  const database = openDatabase({
    url,
    poolMax: 1,
    applicationName: 'aftercall-dictionary',
    statementTimeoutSeconds: 60,
    onIdleError: () => {
      // The next query tells.
    },
  })
  try {
    await migrate(database.db, await readMigrations(findMigrationsDir()))
    return await readDictionary(database.db)
  } finally {
    await database.close()
  }
}
