import type { PooledConnection } from '../connection/pooled-connection.ts'

/** Rows of one warehouse table, in pieces of any number of rows, as `writeField` makes them. */
export type RowsToCopy = { table: string; columns: readonly string[]; pieces: readonly Uint8Array[] }

/**
 * Copies rows into their tables, in one query for all of them: the server reads each table's rows in turn. COPY has no
 * conflict clause, so rows with the same keys must have been deleted before.
 */
export async function copyRows(
  connection: Pick<PooledConnection, 'copyIn'>,
  perTable: readonly RowsToCopy[],
): Promise<void> {
  const filled = perTable.filter(({ pieces }) => pieces.length > 0)
  if (filled.length === 0) return
  await connection.copyIn(
    filled.map(copyStatement).join('; '),
    filled.map(({ pieces }) => [header, ...pieces, trailer]),
  )
}

/** Names of tables and columns are our own, never a document's. */
function copyStatement({ table, columns }: RowsToCopy): string {
  return `copy warehouse.${table} (${columns.join(', ')}) from stdin (format binary)`
}

/** Signature, flags, and extension come before the rows; a row of minus one field ends them. */
const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
const trailer = Buffer.from([0xff, 0xff])
