import { restColumn } from '@aftercall/metadata/erasure/personal-columns'
import { copiedTables, rowsOf, type StorableSession } from '../copy/encode-session.ts'
import { digitsOf, type EncodedRow, idField, idOf, readRows, writeRows } from './encoded-fields.ts'
import { keyPlaces, objectKeyPlace, type PlacedColumn, placedColumns } from './named-values.ts'

/** What has to be blanked in a session. */
export type Blanking = {
  /** `all`: every personal value; `free`: only what may hold anything. */
  blanks: 'all' | 'free' | 'nothing'
  /** New ids of erased agents by their old ones. */
  agents: ReadonlyMap<string, string>
  /** New keys by old ones, as 32 digits. */
  keys: ReadonlyMap<string, string>
  /** In place of the key of its object. */
  objectKey: string | undefined
}

/**
 * The session without personal values that were erased. Everything that is counted or measured stays as it was mapped. Its raw
 * document is not kept, because it holds the values, too.
 */
export function blankSession(session: StorableSession, blanking: Blanking): StorableSession {
  const { rows } = session
  const pieces = copiedTables.map(({ name }, position) => {
    const placed = placedColumns[position] ?? []
    const found = readRows(rowsOf(rows, position))
    return writeRows(
      found.map((row) => {
        const blanked = blankRow(row, placed, blanking)
        return name === 'session' ? withKeys(blanked, blanking) : blanked
      }),
    )
  })
  const ends: number[] = []
  for (const piece of pieces) ends.push((ends.at(-1) ?? 0) + piece.length)
  const isErased = blanking.blanks !== 'nothing' || blanking.agents.size > 0
  return {
    ...session,
    rows: { ...rows, bytes: Buffer.concat(pieces), ends },
    ...(isErased ? { isErased: true as const } : {}),
  }
}

function blankRow(row: EncodedRow, columns: readonly PlacedColumn[], blanking: Blanking): EncodedRow {
  const blanked = [...row]
  for (const column of columns) {
    const field = row[column.at]
    if (field === null || field === undefined) continue
    if (column.holds === 'agent-id') {
      const other = blanking.agents.get(idOf(field))
      if (other !== undefined) blanked[column.at] = idField(other)
    } else if (isBlanked(column, row, blanking)) blanked[column.at] = null
  }
  return blanked
}

/** As `blankedColumns` says it in SQL. */
function isBlanked(
  { holds, name, agentAt }: PlacedColumn,
  row: EncodedRow,
  { blanks, agents }: Blanking,
): boolean {
  if (blanks === 'all') return true
  if (blanks === 'free' && holds === 'free') return true
  if (agents.size === 0) return false
  if (name === restColumn) return true
  const agent = agentAt === null ? null : row[agentAt]
  return agent !== null && agent !== undefined && agents.has(idOf(agent))
}

function withKeys(row: EncodedRow, { keys, objectKey }: Blanking): EncodedRow {
  for (const place of keyPlaces) {
    const field = row[place]
    const other = field ? keys.get(digitsOf(field)) : undefined
    if (other !== undefined) row[place] = Buffer.from(other, 'hex')
  }
  if (objectKey !== undefined) row[objectKeyPlace] = Buffer.from(objectKey)
  return row
}
