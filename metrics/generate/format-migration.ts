import type { Metric } from './metric.ts'
import { metricSql } from './metric-sql.ts'
import type { Chapter } from './read-catalogue.ts'

/** The migration that makes the view. An applied one never changes, so after a release this becomes a new one. */
export const migrationName = '0012_define_metrics.sql'

const head = `-- What each number means, for readers of the schema: one row per metric. Generated from metrics/*.yaml; do not edit, run
-- \`npm run metrics\`. A test compares both, so no number is defined twice (docs/adr/0037-one-catalogue-of-metrics.md).

`

const columns: readonly (readonly [name: string, meaning: string])[] = [
  ['chapter', 'What it is about: the file of metrics/ that defines it'],
  ['name', 'Name of the metric, unique'],
  ['label', 'Name for people'],
  ['unit', 'What it counts or measures; share is a number from 0 to 1'],
  ['view_name', 'View or views of analytics that the numerator reads; null where a function answers'],
  ['numerator', 'Aggregate over the rows of that view; null where a function answers'],
  ['denominator_view', 'View or views that the denominator reads; null where there is no denominator'],
  [
    'denominator',
    'Aggregate to divide by, so that rates of groups are sums divided by sums; null where there is none',
  ],
  ['query', 'The metric over all rows, ready to be narrowed and grouped'],
  ['definition', 'What it means'],
  ['vendor_source', 'Section of docs/data-contract.md, and the pages of the vendor by their keys there'],
  [
    'differs_from',
    'Other metrics that it may be taken for, each with the difference; null where there is none',
  ],
]

/** The migration that makes `analytics.metric`. */
export function formatMigration(chapters: readonly Chapter[]): string {
  const all = new Map(
    chapters.flatMap(({ metrics }) => metrics.map((metric) => [metric.name, metric] as const)),
  )
  const rows = chapters.flatMap((chapter) =>
    chapter.metrics.map((metric) => rowOf(chapter.name, metric, all)),
  )
  const comments = columns.map(([name, meaning]) => commentOf(name, meaning))
  return [
    head,
    `create view analytics.metric (\n${columns.map(([name]) => `  ${name}`).join(',\n')}\n) as values\n`,
    `${rows.join(',\n')};\n\n`,
    `comment on view analytics.metric is\n  'One row per metric: what it means, and the SQL that gives it. docs/metrics.md has the same as a page.';\n`,
    ...comments,
    `
insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
select reader, 'table', 'analytics.metric', 'select'
from unnest(array['aftercall_operator', 'aftercall_analyst', 'aftercall_cleared', 'aftercall_supervisor']) reader;

select ingest.grant_access();
`,
  ].join('')
}

function rowOf(chapter: string, metric: Metric, all: ReadonlyMap<string, Metric>): string {
  const { view, numerator, denominatorView, denominator, query } = metricSql(metric, all)
  const differences = Object.entries(metric.differs_from ?? {}).map(([name, how]) => `${name}: ${how}`)
  const lines = [
    [chapter, metric.name, metric.label, metric.unit],
    [view, numerator],
    [denominatorView, denominator],
    [query],
    [metric.definition],
    [metric.source, differences.length === 0 ? null : differences.join('; ')],
  ]
  return `  (${lines.map((cells) => cells.map(literal).join(', ')).join(',\n   ')})`
}

function literal(text: string | null): string {
  return text === null ? 'null::text' : `'${text.replaceAll("'", "''")}'`
}

function commentOf(name: string, meaning: string): string {
  return `comment on column analytics.metric.${name} is\n  '${meaning}. Source: pipeline. Personal data: no.';\n`
}
