import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { type Database, openDatabase } from '@aftercall/warehouse/connection/database'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { findMigrationsDir } from '../src/migrations-dir.ts'

/** Runs work on a database that only the migrations have touched, on a server of its own. For scripts that generate files. */
export async function onMigratedDatabase<Answer>(
  work: (db: Database, url: string) => Promise<Answer>,
): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-migrated-'))
  // Root's Postgres runs as another user, who has to get into the folder.
  await chmod(folder, 0o711)
  try {
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), settings: { fsync: 'off' } })
    try {
      return await migrateAndWork(postgres.url, work)
    } finally {
      await postgres.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function migrateAndWork<Answer>(
  url: string,
  work: (db: Database, url: string) => Promise<Answer>,
): Promise<Answer> {
  const database = openDatabase({
    url,
    poolMax: 4,
    applicationName: 'aftercall-generate',
    statementTimeoutSeconds: 60,
    onIdleError: () => {
      // The next query fails with the reason.
    },
  })
  try {
    await migrate(database.db, await readMigrations(findMigrationsDir()))
    return await work(database.db, url)
  } finally {
    await database.close()
  }
}
