import type { LakeColumn, LakeKind, LakeView } from '@aftercall/warehouse/lake/lake-view'
import { UsageError } from '../../cli-context.ts'
import { columnLines, sqlText } from './sql-text.ts'

const types: Readonly<Record<LakeKind, string>> = {
  boolean: 'boolean',
  int32: 'int',
  int64: 'bigint',
  double: 'double',
  text: 'string',
  json: 'string',
  date: 'date',
  instant: 'timestamp',
  local_time: 'timestamp',
}

/**
 * A table of the Glue catalogue, which Trino and Spark read as well. Partitions are computed from the names of the sources
 * and the days, so a new day needs no `msck repair table`
 * (https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html).
 */
export function formatAthenaTable(view: LakeView, sources: readonly string[], place: string): string {
  if (sources.length === 0)
    throw new UsageError('Athena needs the names of the sources, and none was configured yet')
  const folder = `${place}/view=${view.name}/`
  const properties = {
    'projection.enabled': 'true',
    'projection.source.type': 'enum',
    'projection.source.values': sources.join(','),
    'projection.local_day.type': 'date',
    'projection.local_day.format': 'yyyy-MM-dd',
    'projection.local_day.range': '2015-01-01,NOW+1DAYS',
    'storage.location.template': `${folder}source=\${source}/local_day=\${local_day}/`,
  }
  const lines = Object.entries(properties).map(([name, value]) => `${sqlText(name)} = ${sqlText(value)}`)
  return `create external table if not exists aftercall.${view.name} (
${columnLines(view.columns.map((column) => `\`${column.name}\` ${typeOf(column)}`))}
)
partitioned by (\`source\` string, \`local_day\` date)
stored as parquet
location ${sqlText(folder)}
tblproperties (
${columnLines(lines)}
)`
}

function typeOf({ kind, isList }: LakeColumn): string {
  return isList ? `array<${types[kind]}>` : types[kind]
}
