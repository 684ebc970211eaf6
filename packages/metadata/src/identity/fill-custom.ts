import type { Row } from '../map/map-object.ts'
import { isExactNumber, isJsonObject, type JsonObject, setKey } from '../read/parse-json.ts'
import { isEmpty } from '../tables/columns.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import type { MappingSettings } from './mapping-settings.ts'

const columns = columnIndexes(sessionTable, 'custom_data', 'custom')

/**
 * Copies the allowed keys of the custom data that is not secured, key to value (contract, b.1: `{label, value}`). Only plain
 * values are copied: what is inside an object was not allowed by its key.
 */
export function fillCustom(session: Row, { customDataKeys }: MappingSettings): void {
  const data = session[columns.custom_data]
  if (customDataKeys.length === 0 || !isJsonObject(data)) return
  const custom: JsonObject = {}
  for (const key of customDataKeys) {
    if (!Object.hasOwn(data, key)) continue
    const entry = data[key]
    const value = isJsonObject(entry) ? entry.value : entry
    if (isPlain(value)) setKey(custom, key, value)
  }
  if (!isEmpty(custom)) session[columns.custom] = custom
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) || isExactNumber(value)
}
