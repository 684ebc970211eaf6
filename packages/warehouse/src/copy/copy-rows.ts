import { CompiledQuery } from 'kysely'
import type { Database } from '../connection/database.ts'
import { copySource } from './copy-in.ts'

/** Rows of one warehouse table, in pieces of any number of rows as `writeField` makes them. */
export type RowsToCopy = { table: string; columns: readonly string[]; pieces: readonly Uint8Array[] }

/**
 * Copies rows into their tables, one query for all of them: the server asks for each table's rows in turn. There is no
 * conflict clause, so what stands there under the same keys must be gone before.
 */
export async function copyRows(db: Database, perTable: readonly RowsToCopy[]): Promise<void> {
  const filled = perTable.filter(({ pieces }) => pieces.length > 0)
  if (filled.length === 0) return
  const text = filled.map(copyStatement).join('; ')
  const source = copySource(filled.map(({ pieces }) => [header, ...pieces, trailer]))
  await db.executeQuery(CompiledQuery.raw(text, [source]))
}

/** Names of tables and columns are ours, never a document's. */
function copyStatement({ table, columns }: RowsToCopy): string {
  return `copy warehouse.${table} (${columns.join(', ')}) from stdin (format binary)`
}

/** Signature, flags and extension come before the rows, a row of minus one field after them. */
const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
const trailer = Buffer.from([0xff, 0xff])
