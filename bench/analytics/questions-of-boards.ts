import type pg from 'pg'
import { expandMacros } from '../../boards/generate/expand-macros.ts'
import { readBoards } from '../../boards/generate/read-boards.ts'
import { variableQueries } from '../../boards/generate/variable-queries.ts'

export type BoardQuestion = { title: string; query: string; isOfFacts: boolean }

/** This one reads sessions, because customers of two days cannot be added up. */
const ofFacts = 'quality/repeat-contacts'

/** What every panel of every board asks when it is opened, at the end of what is stored, with all sources, channels and queues. */
export async function questionsOfBoards(client: pg.Client, until: Date): Promise<BoardQuestion[]> {
  const values: Record<string, string[]> = {}
  for (const [name, { query }] of Object.entries(variableQueries)) {
    const text = expandMacros(query, { from: until, to: until, values })
    const { rows } = await client.query<[string]>({ text, rowMode: 'array' })
    values[name] = rows.map(([value]) => value)
  }
  return (await readBoards()).flatMap((board) => {
    const choice = { from: startOf(board.from, until), to: until, values }
    return board.panels.map(({ sql, query }) => {
      const title = `${board.name}/${sql}`
      return { title, query: expandMacros(query, choice), isOfFacts: title === ofFacts }
    })
  })
}

/** Of `now-30d` or `now-48h`. */
function startOf(from: string, until: Date): Date {
  const [, count, unit] = /^now-(\d+)([hd])$/.exec(from) ?? []
  return new Date(until.getTime() - Number(count) * (unit === 'h' ? 3_600_000 : 86_400_000))
}
