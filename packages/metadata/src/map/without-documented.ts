import { isJsonObject, type JsonObject } from '../read/parse-json.ts'
import { tables } from '../tables/all-tables.ts'
import { isEmpty } from '../tables/columns.ts'
import { columnIndex } from '../tables/table-spec.ts'
import type { MappedSession } from './map-session.ts'

const tablesWithDocumented = tables
  .filter(({ known }) => known.length > 0)
  .map((table) => ({
    name: table.name,
    extraIndex: columnIndex(table, 'extra'),
    paths: table.known.map((path) => path.split('.')),
  }))

/**
 * Takes out of `extra` what the data contract documents and no column has (`known` of the tables): it adds nothing useful, and
 * the raw document has it. What the document holds beside that stays. Changes the rows of the session.
 */
export function withoutDocumented(session: MappedSession): MappedSession {
  for (const { name, extraIndex, paths } of tablesWithDocumented) {
    for (const row of session.rows[name]) {
      const sent: unknown = row[extraIndex]
      if (!isJsonObject(sent)) continue
      const extra = paths.reduce<JsonObject>(without, sent)
      row[extraIndex] = isEmpty(extra) ? null : extra
    }
  }
  return session
}

/** A copy as far as the path goes: parts of `extra` are parts of the document. */
function without(object: JsonObject, [key = '', ...deeper]: readonly string[]): JsonObject {
  if (!Object.hasOwn(object, key)) return object
  const { [key]: value, ...others } = object
  if (deeper.length === 0) return others
  if (!isJsonObject(value)) return object
  const inner = without(value, deeper)
  return inner === value ? object : isEmpty(inner) ? others : { ...object, [key]: inner }
}
