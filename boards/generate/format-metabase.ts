import type { Board, Panel } from './board.ts'

const timeBounds = 'between $__timeFrom()::date and $__timeTo()::date'

/**
 * A query for Metabase's SQL editor: `{{from}}` and `{{to}}` are required variables of type Date, the others are optional text
 * (https://www.metabase.com/docs/latest/questions/native-editor/optional-variables). An hourly board shows whole days there.
 */
export function formatMetabase(board: Board, panel: Panel): string {
  const sql = panel.query
    .replaceAll(timeBounds, 'between {{from}} and {{to}}')
    .replaceAll(/ and \$__timeFilter\([\w.]+\)/g, '')
    .replaceAll('$__timeFrom()::date', '{{from}}')
    .replaceAll('$__timeTo()::date', '{{to}}')
    .replaceAll(/\$__timeGroupAlias\(([\w.]+), '1h'\)/g, 'date_trunc(\'hour\', $1) as "time"')
    .replaceAll(/and ([\w.]+) in \(\$\{(\w+):sqlstring\}\)/g, '[[and $1 = {{$2}}]]')
    .replaceAll(/where ([\w.]+) in \(\$\{(\w+):sqlstring\}\)/g, 'where true [[and $1 = {{$2}}]]')
  return `-- ${board.title}: ${panel.title}. ${panel.about}\n${sql}\n`
}

/** The query that Metabase sends when no optional variable is set, or all are. For the tests. */
export function fillMetabase(sql: string, values: Readonly<Record<string, string>>): string {
  const quoted = (name: string): string => `'${(values[name] ?? '').replaceAll("'", "''")}'`
  return sql
    .replaceAll(/\[\[(.*?)\]\]/g, (_, part: string) => {
      const [, name = ''] = /\{\{(\w+)\}\}/.exec(part) ?? []
      return values[name] === undefined ? '' : part
    })
    .replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) =>
      name === 'from' || name === 'to' ? `date ${quoted(name)}` : quoted(name),
    )
}
