import type { Database } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'
import { isRatio, type Metric } from '../../metrics/generate/metric.ts'
import { metricSql } from '../../metrics/generate/metric-sql.ts'

/** Numerator and denominator as the database prints them. Without a denominator `below` is null. */
export type Answer = { above: string | null; below: string | null }

/** A metric over the rows for which a condition holds, each side by itself. */
export async function evaluateMetric(
  db: Database,
  all: ReadonlyMap<string, Metric>,
  metric: Metric,
  where: string,
): Promise<Answer> {
  const of = async (view: string, aggregate: string): Promise<string | null> => {
    const answer = await sql<{ value: string | null }>`
      select (${sql.raw(aggregate)})::text as value from analytics.${sql.raw(view)} where ${sql.raw(where)}
    `.execute(db)
    return answer.rows[0]?.value ?? null
  }
  const sum = async (names: string[]): Promise<string | null> => {
    const terms = await Promise.all(
      names.map(async (name) => {
        const { view, numerator } = metricSql(all.get(name) ?? metric, all)
        return of(view ?? '', numerator ?? '')
      }),
    )
    return terms.length === 1
      ? (terms[0] ?? null)
      : String(terms.reduce((total, term) => total + Number(term), 0))
  }
  if (!isRatio(metric)) {
    const { view, numerator, denominator } = metricSql(metric, all)
    const above = await of(view ?? '', numerator ?? '')
    return { above, below: denominator === null ? null : await of(view ?? '', denominator) }
  }
  return { above: await sum([metric.numerator].flat()), below: await sum([metric.denominator].flat()) }
}

/** Null where nothing is divided, or by nothing. */
export function quotient(above: string | null, under: string | null): number | null {
  if (above === null || Number(under) === 0) return above === null || under !== null ? null : plain(above)
  return plain(String(Number(above) / Number(under)))
}

/** Percentiles are doubles, which have digits that no one calculated. */
export function plain(number: string): number {
  return Number(Number(number).toFixed(6))
}
