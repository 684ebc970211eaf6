import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { sqlStateOf } from '../connection/error-class.ts'
import { revokePublicRights } from './public-rights.ts'
import { requireServer } from './require-server.ts'

export type Migration = { name: string; text: string; contentSha256: string }

export type MigrationState = {
  name: string
  state: 'applied' | 'pending' | 'changed' | 'unknown'
  appliedAt: Date | null
}

export class MigrationError extends Error {
  override readonly name = 'MigrationError'
  readonly code: 'migration_failed' | 'migration_changed'
  readonly retryable = false
  constructor(code: 'migration_failed' | 'migration_changed', message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** Reads `NNNN_verb_noun.sql` files in order. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(directory, name), 'utf8')
      return { name, text, contentSha256: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

/**
 * Applies pending migrations, each in a transaction of its own, and returns their names. Two callers at once are safe:
 * each transaction begins with the lock on `ingest.migration`, and checks again what is still pending (I12). No session
 * lock is held, so it works behind a pooler, and only the owner can take the lock. At the end it revokes rights from
 * PUBLIC that no one needs, if the caller may revoke them.
 * @throws ServerError, before anything is changed, for a server that cannot hold the tables.
 */
export async function migrate(
  db: Database,
  migrations: Migration[],
  { tableLockMsMax = 30_000 }: { tableLockMsMax?: number } = {},
): Promise<string[]> {
  await requireServer(db)
  return db.connection().execute(async (connection) => {
    await prepareLedger(connection)
    const states = await migrationStates(connection, migrations)
    refuseChanged(states)
    const pending = migrations.filter((one) =>
      states.some((s) => s.name === one.name && s.state === 'pending'),
    )
    const applied: string[] = []
    for (const migration of pending) {
      if (await applyOne(connection, migration, tableLockMsMax)) applied.push(migration.name)
    }
    await revokePublicRights(connection)
    return applied
  })
}

/** Another caller may create the same at this moment: then it exists, and nothing is left to do. */
async function prepareLedger(connection: Database): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connection.transaction().execute(async (transaction) => {
        await useOwnNamesOnly(transaction)
        // Not `create schema if not exists`, which needs the right to create a schema even if it exists.
        await sql`do $$ begin
          if to_regnamespace('ingest') is null then create schema ingest; end if;
          if to_regclass('ingest.migration') is null then
            create table ingest.migration (
              name           text        primary key,
              content_sha256 text        not null,
              applied_at     timestamptz not null default now()
            );
          end if;
        end $$`.execute(transaction)
      })
    } catch (error) {
      if (attempt >= 5 || !madeMeanwhile.has(sqlStateOf(error) ?? '')) throw error
    }
  }
}

/** unique_violation in a catalog, duplicate_schema, duplicate_table, duplicate_object (the table's row type) */
const madeMeanwhile = new Set(['23505', '42P06', '42P07', '42710'])

/** A function or operator that another login has put into a schema of the search path must not run with our rights. */
async function useOwnNamesOnly(transaction: Database): Promise<void> {
  await sql`set local search_path = pg_catalog, pg_temp`.execute(transaction)
}

function refuseChanged(states: readonly MigrationState[]): void {
  const changed = states.find((one) => one.state === 'changed')
  if (changed === undefined) return
  const advice = 'an applied migration must never change: restore it, and put the change into a new migration'
  throw new MigrationError('migration_changed', `${changed.name} differs from what was applied; ${advice}`)
}

/** False if another caller has applied it meanwhile. */
async function applyOne(
  connection: Database,
  migration: Migration,
  tableLockMsMax: number,
): Promise<boolean> {
  try {
    return await connection.transaction().execute(async (transaction) => {
      await useOwnNamesOnly(transaction)
      // Migrations, our own and another caller's, have no time limit.
      await sql`set local statement_timeout = 0`.execute(transaction)
      await sql`set local lock_timeout = 0`.execute(transaction)
      // Before this table is read: a caller that waits here holds nothing that a migration could wait for.
      await sql`lock table ingest.migration in exclusive mode`.execute(transaction)
      if (await isApplied(transaction, migration)) return false
      await becomeOwner(transaction)
      // Other sessions queue behind a migration that waits for a table: workers must not be blocked for long.
      await sql`set local lock_timeout = ${sql.lit(tableLockMsMax)}`.execute(transaction)
      await sql.raw(migration.text).execute(transaction)
      await transaction
        .insertInto('ingest.migration')
        .values({ name: migration.name, content_sha256: migration.contentSha256 })
        .execute()
      return true
    })
  } catch (error) {
    const reason =
      sqlStateOf(error) === '55P03'
        ? `another session held a table for ${tableLockMsMax / 1000} s; run it again at a quieter time`
        : describeError(error)
    throw new MigrationError(
      'migration_failed',
      `${migration.name} failed and was rolled back: ${reason}`,
      error,
    )
  }
}

async function isApplied(transaction: Database, { name, contentSha256 }: Migration): Promise<boolean> {
  const found = await transaction
    .selectFrom('ingest.migration')
    .select('content_sha256')
    .where('name', '=', name)
    .executeTakeFirst()
  if (found === undefined) return false
  refuseChanged([
    { name, state: found.content_sha256 === contentSha256 ? 'applied' : 'changed', appliedAt: null },
  ])
  return true
}

/**
 * Until the transaction ends. All tables get one owner, independent of the login that migrates: the functions that make
 * partitions run with its rights.
 */
async function becomeOwner(transaction: Database): Promise<void> {
  await sql`
    select set_config('role', pg_get_userbyid(nspowner), true) from pg_namespace
    where nspname = 'ingest' and pg_get_userbyid(nspowner) <> current_user
      and pg_has_role(current_user, nspowner, 'usage')
  `.execute(transaction)
}

/** `unknown`: applied by a newer release than this one. */
export async function migrationStates(db: Database, migrations: Migration[]): Promise<MigrationState[]> {
  const found = await sql<{
    there: boolean
  }>`select to_regclass('ingest.migration') is not null as there`.execute(db)
  const applied = found.rows[0]?.there
    ? await db.selectFrom('ingest.migration').selectAll().orderBy('name').execute()
    : []
  const states = migrations.map((migration): MigrationState => {
    const row = applied.find((one) => one.name === migration.name)
    if (row === undefined) return { name: migration.name, state: 'pending', appliedAt: null }
    const state = row.content_sha256 === migration.contentSha256 ? 'applied' : 'changed'
    return { name: migration.name, state, appliedAt: row.applied_at }
  })
  const known = new Set(migrations.map((one) => one.name))
  for (const row of applied) {
    if (!known.has(row.name)) states.push({ name: row.name, state: 'unknown', appliedAt: row.applied_at })
  }
  return states
}

export class PendingMigrationsError extends Error {
  override readonly name = 'PendingMigrationsError'
  readonly code = 'migrations_pending'
  readonly retryable = true
  constructor(pending: number) {
    super(`${pending} migrations are pending; run: aftercall migrate`)
  }
}

/** Rejects with `PendingMigrationsError` unless the database has the tables of this release. */
export async function requireMigrated(db: Database, migrations: readonly Migration[]): Promise<void> {
  const states = await migrationStates(db, [...migrations])
  const pending = states.filter((one) => one.state === 'pending').length
  if (pending > 0) throw new PendingMigrationsError(pending)
}
