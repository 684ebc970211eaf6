import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

export type NewLogin = { name: string; password: string }

/** Makes a login that can only load; an existing one gets the password. The caller must be allowed to make roles. */
export function makeLoaderLogin(db: Database, login: NewLogin): Promise<void> {
  return makeLogin(db, login, ['aftercall_loader'])
}

/** The same for a login that reads what the console shows, and may ask workers for actions. */
export function makeOperatorLogin(db: Database, login: NewLogin): Promise<void> {
  return makeLogin(db, login, ['aftercall_operator', 'aftercall_actor'])
}

/** The same for a login that publishes `analytics` to a lake. */
export function makePublisherLogin(db: Database, login: NewLogin): Promise<void> {
  return makeLogin(db, login, ['aftercall_analyst', 'aftercall_publisher'])
}

/** A login in these roles; an existing one gets the password and the roles. */
export async function makeLogin(
  db: Database,
  { name, password }: NewLogin,
  roles: readonly string[],
): Promise<void> {
  const found = await sql`select from pg_roles where rolname = ${name}`.execute(db)
  if (found.rows.length === 0) await sql`create role ${sql.id(name)} login`.execute(db)
  await sql`alter role ${sql.id(name)} password ${sql.lit(password)}`.execute(db)
  // So that an object in another schema with one of our names is never used (docs/access.md).
  await sql`alter role ${sql.id(name)} set search_path = pg_catalog`.execute(db)
  for (const role of roles) await sql`grant ${sql.id(role)} to ${sql.id(name)}`.execute(db)
}
