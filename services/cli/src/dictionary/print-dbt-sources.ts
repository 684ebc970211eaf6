import type { Dictionary, DictionaryColumn, DictionarySchema } from '@aftercall/warehouse/schema/dictionary'
import { stringify } from 'yaml'

/**
 * A `sources.yml` of dbt, one source per schema (https://docs.getdbt.com/reference/source-properties): models then read
 * `source('aftercall_warehouse', 'session')`. `meta` holds only what the column's comment says.
 */
export function printDbtSources({ schemas }: Dictionary): string {
  const text = stringify({ version: 2, sources: schemas.map(sourceOf) }, { lineWidth: 0 })
  return `# Made by \`aftercall dictionary --format dbt\` from the comments of the database. Do not edit.\n${text}`
}

function sourceOf({ name, meaning, tables }: DictionarySchema): object {
  return {
    name: `aftercall_${name}`,
    schema: name,
    ...described(meaning),
    tables: tables.map((table) => ({
      name: table.name,
      ...described(table.meaning),
      columns: table.columns.map(columnOf),
    })),
  }
}

function columnOf({ name, type, meaning, unit, source, isPersonalData }: DictionaryColumn): object {
  const meta = {
    ...(isPersonalData === null ? {} : { personal_data: isPersonalData }),
    ...(unit === null ? {} : { unit }),
    ...(source === null ? {} : { source_path: source }),
  }
  return {
    name,
    ...described(meaning),
    data_type: type,
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
  }
}

function described(description: string | null): object {
  return description === null ? {} : { description }
}
