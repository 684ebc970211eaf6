import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@aftercall/embedded/postgres'
import { testPostgres } from '@aftercall/testkit/test-postgres'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'

export const migrationsDir = new URL('../../../migrations', import.meta.url).pathname

/** A migrated database on a server of its own, for a run outside the tests. */
export async function startOwnDatabase(): Promise<{ url: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-fuzz-'))
  // Root's Postgres runs as another user, who has to get into the folder.
  await chmod(folder, 0o711)
  const server = await startPostgres({
    ...testPostgres(),
    dataDir: join(folder, 'postgres'),
    settings: { fsync: 'off' },
  })
  const { db, close } = openOne(server.url)
  await migrate(db, await readMigrations(migrationsDir))
  await close()
  return {
    url: server.url,
    close: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function openOne(url: string): ReturnType<typeof openDatabase> {
  return openDatabase({
    url,
    poolMax: 1,
    applicationName: 'aftercall-fuzz',
    statementTimeoutSeconds: 60,
    onIdleError: () => {},
  })
}
