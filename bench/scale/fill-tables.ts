/** Replaces what is between `<!-- NAME, by npm run scale -->` and the next `<!-- until here -->`. Every table needs its mark. */
export function fillTables(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const mark = `<!-- ${name}, by npm run scale -->`
    const end = '<!-- until here -->'
    const from = text.indexOf(mark)
    const until = text.indexOf(end, from)
    if (from === -1 || until === -1) throw new Error(`the page has no place for a table: ${mark} … ${end}`)
    return `${text.slice(0, from + mark.length)}\n\n${table}\n\n${text.slice(until)}`
  }, page)
}
