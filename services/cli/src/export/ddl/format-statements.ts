import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { UsageError } from '../../cli-context.ts'
import { splitPlace } from '../open-place.ts'
import { formatAthenaTable } from './athena.ts'
import { formatBigqueryTable } from './bigquery.ts'
import { formatDuckdbView } from './duckdb.ts'
import { formatSnowflakeStage, formatSnowflakeTable } from './snowflake.ts'

export const engines = ['athena', 'bigquery', 'snowflake', 'duckdb'] as const
export type Engine = (typeof engines)[number]

export type StatementRequest = {
  views: readonly LakeView[]
  /** Athena computes the folders to read from these names. */
  sources: readonly string[]
  /** As `--to` names it. */
  place: string
}

/** The SQL by which an engine reads what was exported to a place, as Parquet. */
export function formatStatements(engine: Engine, { views, sources, place }: StatementRequest): string {
  const to = place.replace(/\/+$/, '')
  requireBucket(engine, place)
  const start = engine === 'snowflake' ? [formatSnowflakeStage(to)] : []
  const tables = views.map((view) => formatTable(engine, view, { sources, place: to }))
  return [...start, ...tables].map((statement) => `${statement};\n`).join('\n')
}

function formatTable(
  engine: Engine,
  view: LakeView,
  { sources, place }: Pick<StatementRequest, 'sources' | 'place'>,
): string {
  switch (engine) {
    case 'athena':
      return formatAthenaTable(view, sources, place)
    case 'bigquery':
      return formatBigqueryTable(view, place)
    case 'snowflake':
      return formatSnowflakeTable(view)
    case 'duckdb':
      return formatDuckdbView(view, place)
  }
}

const schemes: Readonly<Record<Exclude<Engine, 'duckdb'>, readonly string[]>> = {
  athena: ['s3'],
  bigquery: ['gs', 's3'],
  snowflake: ['s3', 'gcs'],
}

function requireBucket(engine: Engine, text: string): void {
  const place = splitPlace(text)
  if (engine === 'duckdb') return
  if (place.kind === 'bucket' && schemes[engine].includes(place.scheme)) return
  const forms = schemes[engine].map((scheme) => `${scheme}://BUCKET/PREFIX`).join(' or ')
  throw new UsageError(`${engine} reads from a bucket: --to must look like ${forms}, not ${text}`)
}
