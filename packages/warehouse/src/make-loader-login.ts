import { sql } from 'kysely'
import type { Database } from './database.ts'

/** A login that can load and nothing else; one that is there gets the password. For who may make roles. */
export async function makeLoaderLogin(
  db: Database,
  { name, password }: { name: string; password: string },
): Promise<void> {
  const found = await sql`select from pg_roles where rolname = ${name}`.execute(db)
  if (found.rows.length === 0) await sql`create role ${sql.id(name)} login`.execute(db)
  await sql`alter role ${sql.id(name)} password ${sql.lit(password)}`.execute(db)
  // Whatever stands in another schema under one of our names is never meant (docs/access.md).
  await sql`alter role ${sql.id(name)} set search_path = pg_catalog`.execute(db)
  await sql`grant aftercall_loader to ${sql.id(name)}`.execute(db)
}
