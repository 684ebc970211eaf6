export type Recipe = {
  /** `12. What share of callers gives up?` */
  title: string
  sql: string
  /** As it is printed on the page; undefined where the page has none yet. */
  answer: string | undefined
  trap: string
}

const recipe = /^### (\d+\. .*)\n\n```sql\n([^`]*)```\n(?:\n```text\n([^`]*)```\n)?\n(Trap: (?:.+\n)+)/gm

/** The questions of docs/cookbook.md. */
export function readCookbook(page: string): Recipe[] {
  return [...page.matchAll(recipe)].map(([, title = '', sql = '', answer, trap = '']) => ({
    title,
    sql: sql.trimEnd(),
    answer: answer?.trimEnd(),
    trap: trap.trimEnd(),
  }))
}

/** The page with these answers, by the titles of their questions. */
export function withAnswers(page: string, answers: ReadonlyMap<string, string>): string {
  return page.replace(recipe, (_, title: string, sql: string, __: string | undefined, trap: string) => {
    const answer = answers.get(title) ?? ''
    return `### ${title}\n\n\`\`\`sql\n${sql}\`\`\`\n\n\`\`\`text\n${answer}\n\`\`\`\n\n${trap}`
  })
}
