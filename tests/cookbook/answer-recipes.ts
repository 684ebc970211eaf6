import type { DatabasePlace } from '@aftercall/runtime/config/database-tls'
import { openReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { createAnswerPrinter, type PrintStyle } from '../../services/cli/src/sql/print-answer.ts'
import type { Recipe } from './read-cookbook.ts'

const inFile: PrintStyle = {
  format: 'table',
  expanded: 'auto',
  screen: undefined,
  paintNull: (text) => text,
}

/** The answers as `aftercall sql` prints them into a file, by the titles of the questions. */
export async function answerRecipes(
  place: DatabasePlace,
  recipes: readonly Pick<Recipe, 'title' | 'sql'>[],
): Promise<Map<string, string>> {
  const session = await openReadOnlySession(place)
  try {
    const answers = new Map<string, string>()
    for (const { title, sql } of recipes) {
      const [answer] = await session.query(sql)
      if (answer === undefined) throw new Error(`${title}: no query`)
      const text = createAnswerPrinter(inFile).print({ ...answer, isFirst: true, isLast: true })
      answers.set(title, text ?? '')
    }
    return answers
  } finally {
    await session.close()
  }
}
