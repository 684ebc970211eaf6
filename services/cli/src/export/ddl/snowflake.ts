import type { LakeColumn, LakeKind, LakeView } from '@aftercall/warehouse/lake/lake-view'
import { columnLines, sqlText } from './sql-text.ts'

const types: Readonly<Record<LakeKind, string>> = {
  boolean: 'boolean',
  int32: 'integer',
  int64: 'integer',
  double: 'double',
  text: 'varchar',
  json: 'varchar',
  date: 'date',
  instant: 'timestamp_ltz',
  local_time: 'timestamp_ntz',
}

/** Needs a storage integration of your account, whose name takes the place of the one here. */
export function formatSnowflakeStage(place: string): string {
  return `create stage if not exists aftercall.lake
url = ${sqlText(`${place}/`)}
storage_integration = aftercall_lake`
}

/** Folders are no columns of the files for Snowflake, so both are cut out of the file's path. */
export function formatSnowflakeTable(view: LakeView): string {
  const partition = (name: string): string =>
    `split_part(split_part(metadata$filename, '/${name}=', 2), '/', 1)`
  const columns = view.columns.map(
    (column) =>
      `"${column.name.toUpperCase()}" ${typeOf(column)} as (value:"${column.name}"::${typeOf(column)})`,
  )
  const lines = [
    `source varchar as (${partition('source')})`,
    `local_day date as (to_date(${partition('local_day')}, 'YYYY-MM-DD'))`,
    ...columns,
  ]
  return `create external table if not exists aftercall.${view.name} (
${columnLines(lines)}
)
partition by (source, local_day)
location = @aftercall.lake/view=${view.name}/
pattern = '.*/part[.]parquet'
auto_refresh = false
file_format = (type = parquet, use_logical_type = true)`
}

function typeOf({ kind, isList }: LakeColumn): string {
  return isList ? 'array' : types[kind]
}
