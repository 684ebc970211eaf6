import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { type Dictionary, readDictionary } from '@aftercall/warehouse/schema/dictionary'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { formatDictionary } from '../src/dictionary/print-dictionary.ts'
import { findMigrationsDir } from '../src/migrations-dir.ts'

const root = new URL('../../../', import.meta.url)

/** `npm run dictionary`: writes the committed dictionary from a freshly migrated database. */
const dictionary = await readFreshDictionary()
await writeFile(new URL('docs/data-dictionary.md', root), formatDictionary(dictionary, 'md'))
await writeFile(new URL('dbt/models/sources.yml', root), formatDictionary(dictionary, 'dbt'))
process.stdout.write('Wrote docs/data-dictionary.md and dbt/models/sources.yml.\n')

async function readFreshDictionary(): Promise<Dictionary> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-dictionary-'))
  // Started by root, Postgres runs as another user, who must be able to enter the folder.
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
      // The next query fails with the reason.
    },
  })
  try {
    await migrate(database.db, await readMigrations(findMigrationsDir()))
    return await readDictionary(database.db)
  } finally {
    await database.close()
  }
}
