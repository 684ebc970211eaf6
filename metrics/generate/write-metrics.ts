import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { type Dictionary, readDictionary } from '@aftercall/warehouse/schema/dictionary'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { formatDbt } from './dbt/format-dbt.ts'
import { formatMigration, migrationName } from './format-migration.ts'
import { formatPage } from './format-page.ts'
import { readCatalogue } from './read-catalogue.ts'

/** `npm run metrics`: writes from metrics/*.yaml the view `analytics.metric`, docs/metrics.md and the models of dbt/. */
const root = new URL('../../', import.meta.url)
const migrations = new URL('migrations/', root)
const chapters = await readCatalogue()
await writeFile(new URL(migrationName, migrations), formatMigration(chapters))
await writeFile(new URL('docs/metrics.md', root), formatPage(chapters))

const metrics = chapters.flatMap((chapter) => chapter.metrics)
const files = formatDbt(await readFreshDictionary(), metrics)
const models = new URL('dbt/models/', root)
for (const file of await readdir(models)) await rm(new URL(file, models))
for (const [path, text] of files) await writeFile(new URL(`dbt/${path}`, root), text)
process.stdout.write(`Wrote migrations/${migrationName}, docs/metrics.md and ${files.size} files of dbt/.\n`)

async function readFreshDictionary(): Promise<Dictionary> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-metrics-'))
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
    applicationName: 'aftercall-metrics',
    statementTimeoutSeconds: 60,
    onIdleError: () => {
      // The next query fails with the reason.
    },
  })
  try {
    await migrate(database.db, await readMigrations(migrations.pathname))
    return await readDictionary(database.db)
  } finally {
    await database.close()
  }
}
