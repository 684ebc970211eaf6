import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { generateTableTypes } from './generate-table-types.ts'

/** `npm run table-types`: the committed table types, from a database that only the migrations have touched. */
const target = new URL('../../packages/warehouse/src/schema/generated-tables.ts', import.meta.url)
const migrationsDir = new URL('../../migrations', import.meta.url).pathname
const folder = await mkdtemp(join(tmpdir(), 'aftercall-table-types-'))
// Root's Postgres runs as another user, who has to get into the folder.
await chmod(folder, 0o711)
const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), settings: { fsync: 'off' } })
const database = openDatabase({
  url: postgres.url,
  poolMax: 1,
  applicationName: 'aftercall-table-types',
  statementTimeoutSeconds: 60,
  onIdleError: () => {},
})
try {
  await migrate(database.db, await readMigrations(migrationsDir))
  await writeFile(target, await generateTableTypes(database.db))
  process.stdout.write('Wrote packages/warehouse/src/schema/generated-tables.ts.\n')
} finally {
  await database.close()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
