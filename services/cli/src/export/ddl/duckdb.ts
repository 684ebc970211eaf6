import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { columnLines, sqlText } from './sql-text.ts'

/** DuckDB takes the types from the files. A file that was written before a column existed has null in it. */
export function formatDuckdbView(view: LakeView, place: string): string {
  const names = ['source', 'local_day', ...view.columns.map(({ name }) => name)]
  return `create or replace view ${view.name} as
select
${columnLines(names.map((name) => `"${name}"`))}
from read_parquet(
  ${sqlText(`${place}/view=${view.name}/*/*/part.parquet`)},
  hive_partitioning = true,
  hive_types = {'source': varchar, 'local_day': date},
  union_by_name = true
)`
}
