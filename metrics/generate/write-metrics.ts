import { readdir, rm, writeFile } from 'node:fs/promises'
import { readDictionary } from '@aftercall/warehouse/schema/dictionary'
import { onMigratedDatabase } from '../../services/cli/scripts/on-migrated-database.ts'
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
const files = formatDbt(await onMigratedDatabase(readDictionary), metrics)
const models = new URL('dbt/models/', root)
for (const file of await readdir(models)) await rm(new URL(file, models))
for (const [path, text] of files) await writeFile(new URL(`dbt/${path}`, root), text)
process.stdout.write(`Wrote migrations/${migrationName}, docs/metrics.md and ${files.size} files of dbt/.\n`)
