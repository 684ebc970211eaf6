import { type ColumnKind, postgresType } from '@aftercall/metadata/tables/columns'
import {
  type ChildTableSpec,
  isSourced,
  type SourcedColumn,
  type TableSpec,
} from '@aftercall/metadata/tables/table-spec'

/**
 * SQL that extracts rows from JSON documents, generated from the table descriptions: `jsonb_to_record(set)` with the
 * fields that columns come from. Words stay as sent, and computed columns are left out.
 */

/** Rows of the session table from `elt_accepted`. */
export function shredSession(table: TableSpec): string {
  const columns = table.columns.filter(isSourced)
  const names = ['source', 'channel', ...columns.map(({ name }) => name), 'bucket', 'object_key']
  return `insert into warehouse.session (${names.join(', ')})
    select a.source, a.channel, ${expressionsOf(columns).join(', ')}, a.bucket, a.object_key
    from elt_accepted a cross join lateral jsonb_to_record(a.document) as r (${definitionsOf(columns)})`
}

/** Rows of a child table, one per element of its arrays. */
export function shredChildren(table: ChildTableSpec, arrays = arraysOf(table)): string {
  const columns = table.columns.filter(isSourced)
  const identity = table.identifiedBy.filter((name) => !columns.some((column) => column.name === name))
  const names = [...keyNames, ...identity, ...columns.map(({ name }) => name)]
  const selects = arrays.map(
    ({ from, json, constants }) => `
    select a.source, a.channel, a.session_id, a.created_at,
           ${[...identity.map((name) => constants[name] ?? `r.${name}`), ...expressionsOf(columns)].join(', ')}
    from ${from}
    cross join lateral rows from (
      jsonb_to_recordset(case jsonb_typeof(${json}) when 'array' then ${json} end) as (${definitionsOf(columns)})
    ) with ordinality as r (${[...fieldsOf(columns).keys()].map(quoted).join(', ')}, ordinal)`,
  )
  return `insert into warehouse.${table.name} (${names.join(', ')}) ${selects.join(' union all ')}`
}

type JsonArray = { from: string; json: string; constants: Readonly<Record<string, string>> }

function arraysOf(table: ChildTableSpec): JsonArray[] {
  return table.rowsFrom.map(({ array, constants = {} }) => ({
    from: 'elt_accepted a',
    json: `a.document->'${array}'`,
    constants: Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, `'${value}'`])),
  }))
}

/** The only array within an array. */
export function shredRedactions(table: ChildTableSpec): string {
  const recordings = `case jsonb_typeof(a.document->'recordings') when 'array' then a.document->'recordings' end`
  const from = `elt_accepted a cross join lateral jsonb_array_elements(${recordings}) as recording`
  const constants = { recording_id: `(recording->>'id')::bigint` }
  return shredChildren(table, [{ from, json: `recording->'redaction_times'`, constants }])
}

export const keyNames = ['source', 'channel', 'session_id', 'session_created_at']

/** Fields of the element with their types; a field with paths into it is jsonb. */
function fieldsOf(columns: readonly SourcedColumn[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const { kind, paths } of columns) {
    for (const path of paths) {
      const [field = '', ...deeper] = path.split('.')
      if (deeper.length > 0) fields.set(field, 'jsonb')
      else if (!fields.has(field)) fields.set(field, recordType(kind))
    }
  }
  return fields
}

function definitionsOf(columns: readonly SourcedColumn[]): string {
  return [...fieldsOf(columns)].map(([field, type]) => `${quoted(field)} ${type}`).join(', ')
}

function expressionsOf(columns: readonly SourcedColumn[]): string[] {
  const fields = fieldsOf(columns)
  return columns.map((column) => expressionOf(column, fields))
}

/** The first of the column's paths that has a value. `fields` are those of the element, with their types. */
function expressionOf({ kind, paths }: SourcedColumn, fields: ReadonlyMap<string, string>): string {
  const values = paths.map((path) => {
    const [field = '', ...deeper] = path.split('.')
    const value = `r.${quoted(field)}`
    if (deeper.length === 0 && (kind === 'json' || fields.get(field) !== 'jsonb')) return value
    // A value, or an object that other columns have paths into.
    if (deeper.length === 0)
      return `case when jsonb_typeof(${value}) not in ('object', 'array') then (${value} #>> '{}')::${recordType(kind)} end`
    return kind === 'json'
      ? `${value} #> '{${deeper.join(',')}}'`
      : `(${value} #>> '{${deeper.join(',')}}')::${recordType(kind)}`
  })
  const first = values.length === 1 ? (values[0] ?? '') : `coalesce(${values.join(', ')})`
  return kind === 'id-path' ? `string_to_array(${first}, '/')::bigint[]` : first
}

function recordType(kind: ColumnKind): string {
  return kind === 'id-path' ? 'text' : postgresType[kind]
}

function quoted(name: string): string {
  return `"${name}"`
}
