import type { LakeColumn, LakeKind, LakeView } from '@aftercall/warehouse/lake/lake-view'
import { columnLines, sqlText } from './sql-text.ts'

const types: Readonly<Record<LakeKind, string>> = {
  boolean: 'bool',
  int32: 'int64',
  int64: 'int64',
  double: 'float64',
  text: 'string',
  json: 'string',
  date: 'date',
  instant: 'timestamp',
  local_time: 'datetime',
}

/** Local times are `datetime`, because the files say that they have no zone. */
export function formatBigqueryTable(view: LakeView, place: string): string {
  const folder = `${place}/view=${view.name}`
  return `create external table if not exists aftercall.${view.name} (
${columnLines(view.columns.map((column) => `\`${column.name}\` ${typeOf(column)}`))}
)
with partition columns (source string, local_day date)
options (
  format = 'PARQUET',
  uris = [${sqlText(`${folder}/*.parquet`)}],
  hive_partition_uri_prefix = ${sqlText(folder)},
  enable_list_inference = true
)`
}

function typeOf({ kind, isList }: LakeColumn): string {
  return isList ? `array<${types[kind]}>` : types[kind]
}
