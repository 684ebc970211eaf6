import type { Database } from '@aftercall/warehouse/database'
import { migrationStates, readMigrations } from '@aftercall/warehouse/migrate'
import { findMigrationsDir } from '../migrations-dir.ts'

export class MigrationsPendingError extends Error {
  override readonly name = 'MigrationsPendingError'
  readonly code = 'migrations_pending'
  readonly retryable = false
  constructor(pending: number) {
    super(`${pending} migrations are pending; run: aftercall migrate`)
  }
}

/** Rejects unless the database has the tables of this release. */
export async function requireMigrated(db: Database): Promise<void> {
  const states = await migrationStates(db, await readMigrations(findMigrationsDir()))
  const pending = states.filter((one) => one.state === 'pending').length
  if (pending > 0) throw new MigrationsPendingError(pending)
}
