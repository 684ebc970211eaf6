/** What a board shows: a span of time, and the chosen values of its variables. */
export type Choice = { from: Date; to: Date; values: Readonly<Record<string, readonly string[]>> }

/**
 * A query as Grafana sends it: the macros of its PostgreSQL data source and `${name:sqlstring}`
 * (https://grafana.com/docs/grafana/latest/datasources/postgres/query-editor/#macros), as far as the boards use them.
 *
 * - `$__timeFrom()`, `$__timeTo()`: the ends of the span, quoted, in UTC;
 * - `$__timeFilter(column)`: the column between both;
 * - `$__timeGroupAlias(column, '1h')`: the beginning of the column's hour in seconds since 1970, as "time";
 * - `${name:sqlstring}`: the chosen values, quoted, with commas between.
 *
 * @throws Error for any other macro or variable, which Grafana would send as it stands.
 */
export function expandMacros(query: string, { from, to, values }: Choice): string {
  const [first, last] = [`'${from.toISOString()}'`, `'${to.toISOString()}'`]
  const expanded = query
    .replaceAll('$__timeFrom()', first)
    .replaceAll('$__timeTo()', last)
    .replaceAll(
      /\$__timeFilter\(([\w.]+)\)/g,
      (_, column: string) => `${column} BETWEEN ${first} AND ${last}`,
    )
    .replaceAll(
      /\$__timeGroupAlias\(([\w.]+), '(\d+)([hd])'\)/g,
      (_, column: string, count: string, unit: string) => {
        const seconds = Number(count) * (unit === 'h' ? 3_600 : 86_400)
        return `floor(extract(epoch from ${column})/${seconds})*${seconds} AS "time"`
      },
    )
    .replaceAll(/\$\{(\w+):sqlstring\}/g, (whole, name: string) => {
      const chosen = values[name]
      if (chosen === undefined) throw new Error(`no value for ${whole}`)
      return chosen.map((value) => `'${value.replaceAll("'", "''")}'`).join(',')
    })
  const left = /\$(?:__\w+|\{[^}]*\})/.exec(expanded)
  if (left !== null) throw new Error(`a macro that the boards do not use: ${left[0]}`)
  return expanded
}
