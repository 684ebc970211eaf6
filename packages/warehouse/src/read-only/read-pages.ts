import pg from 'pg'
import { answer, type QueryAnswer } from './answer.ts'
import type { Statement } from './split-statements.ts'

/** Some rows of an answer. An answer without rows has one page. */
export type AnswerPage = QueryAnswer & { isFirst: boolean; isLast: boolean }

/** Resolves with false if the rest of the answer is not wanted. */
export type TakePage = (page: AnswerPage) => Promise<boolean>

/** Statements that Postgres can read by a cursor: https://www.postgresql.org/docs/current/sql-declare.html */
const cursorWords = new Set(['select', 'with', 'values', 'table'])
const prefix = 'declare aftercall_answer no scroll cursor for '

const firstRows = 10
/** A page has at least as many rows, unless they are large or the last. */
const pageRowsLeast = 100
/** About as much text makes a page, however few its rows are: those of documents are large. */
const pageCharactersLeast = 2_000_000
const fetchRowsMax = 5_000
const growthMax = 10

/**
 * Reads the answer of one statement by a cursor, page by page, within the current transaction. SHOW and EXPLAIN have short
 * answers, which come as one page. A cursor's query has no parallel workers.
 */
export async function readPages(
  client: pg.Client,
  { text, tokens }: Statement,
  take: TakePage,
): Promise<void> {
  const first = tokens.find((token) => token.text !== '(')
  if (!cursorWords.has(first?.text ?? '')) {
    await take({ ...(await answer(client, text)), isFirst: true, isLast: true })
    return
  }
  await answer(client, prefix + text).catch((error: unknown) => {
    throw withoutPrefix(error)
  })
  let rowsMax = firstRows
  for (let isFirst = true, isLast = false, wantsMore = true; wantsMore && !isLast; isFirst = false) {
    const rows: QueryAnswer['rows'] = []
    let columns: QueryAnswer['columns'] = []
    let characters = 0
    while (!isLast && rows.length < pageRowsLeast && characters < pageCharactersLeast) {
      const fetched = await answer(client, `fetch forward ${rowsMax} from aftercall_answer`)
      columns = fetched.columns
      isLast = fetched.rows.length < rowsMax
      for (const row of fetched.rows) rows.push(row)
      const added = countCharacters(fetched)
      characters += added
      rowsMax = nextRows(fetched.rows.length, added)
    }
    wantsMore = await take({ columns, rows, command: 'SELECT', isFirst, isLast })
  }
  await answer(client, 'close aftercall_answer')
}

function countCharacters({ rows }: QueryAnswer): number {
  return rows.reduce((sum, row) => row.reduce((inRow, cell) => inRow + (cell?.length ?? 0), sum), 0)
}

function nextRows(rows: number, characters: number): number {
  const fitting = Math.floor((pageCharactersLeast / (characters + 1)) * rows)
  return Math.max(1, Math.min(fetchRowsMax, fitting, rows * growthMax))
}

/** Postgres counts the place of an error from the start of what was sent. */
function withoutPrefix(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && error.position !== undefined)
    error.position = String(Number(error.position) - prefix.length)
  return error
}
