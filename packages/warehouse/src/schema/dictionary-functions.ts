import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** A function that readers call: a question with parameters. */
export type DictionaryFunction = {
  name: string
  /** With names, types, and defaults, as in `from_day date, minutes integer DEFAULT 15`. */
  parameters: string
  /** What it returns: a type, or for a function that returns rows their columns. */
  returns: string
  meaning: string | null
}

/** The functions of a schema, by name. Needs no right on them. */
export async function readFunctions(db: Database, schemaName: string): Promise<DictionaryFunction[]> {
  const answer = await sql<DictionaryFunction>`
    select p.proname::text as name, pg_get_function_arguments(p.oid) as parameters,
           coalesce(substring(pg_get_function_result(p.oid) from '^TABLE\\((.*)\\)$'), pg_get_function_result(p.oid)) as returns,
           obj_description(p.oid, 'pg_proc') as meaning
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = ${schemaName} and p.prokind = 'f'
    order by p.proname, p.oid
  `.execute(db)
  return answer.rows
}
