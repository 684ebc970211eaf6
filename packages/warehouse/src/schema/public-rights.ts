import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** Rights in the database that every login has unless they were revoked. */
export type PublicRights = { statements: string[] }

/**
 * A login that can create objects in a schema of other logins' search paths, or temporary ones that hide tables, could
 * affect the functions that others run. Ours set their path (docs/adr/0020), so this is a second protection.
 * @returns the SQL that revokes these rights; nothing if PUBLIC has none of them
 */
export async function readPublicRights(db: Database): Promise<PublicRights> {
  const answer = await sql<{
    database: string
    temporary: boolean
    create_schema: boolean
    create_public: boolean
  }>`
    select current_database() as database,
           has_database_privilege('public', current_database(), 'temporary') as temporary,
           has_database_privilege('public', current_database(), 'create') as create_schema,
           coalesce((select has_schema_privilege('public', oid, 'create') from pg_catalog.pg_namespace
                     where nspname = 'public'), false) as create_public
  `.execute(db)
  const [row] = answer.rows
  if (row === undefined) return { statements: [] }
  const onDatabase = [...(row.temporary ? ['temporary'] : []), ...(row.create_schema ? ['create'] : [])]
  const database = `"${row.database.replaceAll('"', '""')}"`
  return {
    statements: [
      ...(onDatabase.length === 0
        ? []
        : [`revoke ${onDatabase.join(', ')} on database ${database} from public;`]),
      ...(row.create_public ? ['revoke create on schema public from public;'] : []),
    ],
  }
}

/**
 * Revokes these rights as far as the caller may, and returns the SQL that is left for the owner of the database. A caller
 * without the right gets a warning of the server or an error, depending on its other rights; both mean the same.
 */
export async function revokePublicRights(db: Database): Promise<PublicRights> {
  const { statements } = await readPublicRights(db)
  for (const statement of statements) {
    await sql
      .raw(statement)
      .execute(db)
      .catch(() => {
        // Shown by what is left.
      })
  }
  return statements.length === 0 ? { statements } : readPublicRights(db)
}
