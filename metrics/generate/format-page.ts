import { isAggregate, isRatio, type Metric, type Ratio, termsOf } from './metric.ts'
import { aggregateSql } from './metric-sql.ts'
import type { Chapter } from './read-catalogue.ts'

const head = `<!-- Generated from metrics/*.yaml. Do not edit; run: npm run metrics -->

# Metrics

Every number of a contact center that the files can give, each defined once. The same list is in the database
(\`select * from analytics.metric\`) and in the [dbt package](../dbt/README.md). The [cookbook](cookbook.md) uses them.

Where the vendor's pages contradict each other, each meaning is a metric with a name of its own. The one without a suffix is
what the vendor's reports show. Sources are sections of the [data contract](data-contract.md), and the vendor's pages by
their keys there (G13).

A rate is a sum divided by a sum, and a mean is over rows, so both may be grouped by anything: by day, queue, agent or
language. A mean of means, or of rates, is another number. Every row counts in the interval in which it began, by the
tenant's clock (\`local_day\`). Shares go from 0 to 1.

To compute one, put its SQL after \`select\`, with the bounds and groups that you need:

    select local_day, avg(wait_seconds) filter (where answered = 1) as asa,
           sum(in_sla)::numeric / nullif(sum(in_sla + out_sla), 0) as service_level
    from analytics.queue_entry where local_day >= current_date - 7 group by 1 order by 1
`

const tail = `
[Asking questions of sessions](analytics.md#what-these-files-cannot-tell) says what the files cannot tell, so that no metric
can: occupancy, adherence, missed offers, campaigns by name, first-call resolution.
`

/** docs/metrics.md. */
export function formatPage(chapters: readonly Chapter[]): string {
  return `${head}${chapters.map(chapterOf).join('')}${tail}`
}

function chapterOf({ name, about, metrics }: Chapter): string {
  const title = name.replace('-', ' ')
  const rows = metrics.map(rowOf)
  return `
## ${title.charAt(0).toUpperCase()}${title.slice(1)}

${about}

| metric | unit | computed as | means | source |
|---|---|---|---|---|
${rows.join('\n')}
`
}

function rowOf(metric: Metric): string {
  const differences = Object.entries(metric.differs_from ?? {}).map(([name, how]) => `\`${name}\` (${how})`)
  const means =
    differences.length === 0 ? metric.definition : `${metric.definition} Compare ${differences.join(', ')}.`
  const cells = [
    `\`${metric.name}\`<br>${metric.label}`,
    metric.unit,
    computation(metric),
    means,
    metric.source,
  ]
  return `| ${cells.join(' | ')} |`
}

function computation(metric: Metric): string {
  if (isAggregate(metric)) return `\`${aggregateSql(metric)}\` of \`${metric.view}\``
  if (isRatio(metric)) return `${side(metric.numerator)} / ${side(metric.denominator)}`
  return `\`analytics.${metric.function}(…)\``
}

function side(names: Ratio['numerator']): string {
  const terms = termsOf(names).map((name) => `\`${name}\``)
  return terms.length === 1 ? terms.join('') : `(${terms.join(' + ')})`
}
