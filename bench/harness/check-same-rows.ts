import { tables } from '@aftercall/metadata/tables'
import { sql } from 'kysely'
import { openBenchDatabase } from './bench-postgres.ts'

/**
 * A contender that stores less does not count. The first two must have exactly the same facts. The third, which leaves
 * out what SQL cannot extract, must have the same number of rows in every table. Takes the URLs of their databases.
 * @throws Error that names the table.
 */
export async function checkSameRows(aftercall: string, conventional: string, elt: string): Promise<void> {
  for (const { name } of tables) {
    const [ours, theirs, shredded] = await Promise.all(
      [aftercall, conventional, elt].map((databaseUrl) => readRows(databaseUrl, name)),
    )
    if (ours?.digest !== theirs?.digest)
      throw new Error(`conventional and aftercall have different rows in ${name}`)
    if (ours?.count !== shredded?.count) {
      throw new Error(`elt has ${shredded?.count} rows in ${name}, aftercall ${ours?.count}`)
    }
  }
}

async function readRows(
  databaseUrl: string,
  table: string,
): Promise<{ count: string; digest: string | null }> {
  const { db, close } = openBenchDatabase(databaseUrl)
  const { rows } = await sql<{ count: string; digest: string | null }>`
    select count(*) as count, md5(string_agg(line, ' ' order by line)) as digest
    from (select (to_jsonb(row) - 'loaded_at')::text as line from ${sql.table(`warehouse.${table}`)} as row) as lines
  `.execute(db)
  await close()
  const [first] = rows
  if (first === undefined) throw new Error(`${table} cannot be counted`)
  return first
}
