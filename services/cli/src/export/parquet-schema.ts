import type { LakeColumn, LakeKind } from '@aftercall/warehouse/lake/lake-view'
import type { ParquetWriter } from 'hyparquet-writer'

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema']
type Element = Schema[number]

/**
 * Every column may be null. A converted type is left out for local times, because it would say that they are UTC
 * (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#timestamp).
 */
const typeOf: Readonly<Record<LakeKind, Partial<Element>>> = {
  boolean: { type: 'BOOLEAN' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  instant: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  local_time: {
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' },
  },
}

/** Lists have three levels (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists). */
export function formatParquetSchema(columns: readonly LakeColumn[]): Schema {
  const elements = columns.flatMap(({ name, kind, isList }): Element[] => {
    if (!isList) return [{ name, repetition_type: 'OPTIONAL', ...typeOf[kind] }]
    return [
      {
        name,
        repetition_type: 'OPTIONAL',
        num_children: 1,
        converted_type: 'LIST',
        logical_type: { type: 'LIST' },
      },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL', ...typeOf[kind] },
    ]
  })
  return [{ name: 'root', num_children: columns.length }, ...elements]
}
