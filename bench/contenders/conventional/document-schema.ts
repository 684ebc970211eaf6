import { childTables, tables } from '@aftercall/metadata/tables'
import type { SourcedKind } from '@aftercall/metadata/tables/columns'
import { type ChildTableSpec, isSourced, type TableSpec } from '@aftercall/metadata/tables/table-spec'
import { z } from 'zod'

const scalar = z.union([z.string(), z.number(), z.boolean()])

const fieldOf: Record<SourcedKind, z.ZodType> = {
  text: scalar,
  'loose-text': z.unknown(),
  word: scalar,
  id: z.union([z.number(), z.string()]),
  'session-id': z.union([z.number(), z.string()]),
  integer: z.union([z.number(), z.string()]),
  numeric: z.union([z.number(), z.string()]),
  boolean: z.boolean(),
  time: z.string(),
  json: z.unknown(),
  'id-path': z.string(),
}

/** A zod schema of a document: every field that has a column, and any other fields. */
export const documentSchema = z.looseObject({
  ...Object.assign({}, ...tables.filter(({ name }) => name === 'session').map(fieldsOf)),
  ...Object.assign({}, ...childTables.map(arraysOf)),
  id: z.union([z.number(), z.string()]),
  created_at: z.string(),
})

type Fields = Record<string, z.ZodType>

/** The fields on the level of the table itself. */
function fieldsOf({ columns }: TableSpec): Fields {
  const fields: Fields = {}
  const sourced = columns.filter(isSourced)
  const isObjectToo = (path: string) =>
    sourced.some(({ paths }) => paths.some((other) => other.startsWith(`${path}.`)))
  for (const column of sourced) {
    for (const path of column.paths) {
      if (path.includes('.')) continue
      const field = fieldOf[column.kind]
      fields[path] = (isObjectToo(path) ? z.union([field, z.looseObject({})]) : field).nullish()
    }
  }
  return fields
}

function arraysOf(table: ChildTableSpec): Fields {
  const element = z.looseObject(fieldsOf(table))
  return Object.fromEntries(table.rowsFrom.map(({ array }) => [array, z.array(element).nullish()]))
}
