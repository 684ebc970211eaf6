import type { JsonObject } from '../read/parse-json.ts'
import { onlyOf } from '../tables/columns.ts'
import { type ChildTableSpec, columnIndex, isSourced } from '../tables/table-spec.ts'
import { localMoment, ownOffsetMinutes } from '../times/local-time.ts'
import type { ObjectContext, Row } from './map-object.ts'

/** Where the rows of a table have their time, and where it goes on the tenant's clock. */
export type LocalTimeReader = { time: number; local: number; keys: readonly string[] }

/** Undefined for a table without such a column. */
export function localTimeReader(table: ChildTableSpec): LocalTimeReader | undefined {
  const { localTimeOf: name, columns } = table
  if (name === undefined) return undefined
  const keys = columns.filter(isSourced).find((column) => column.name === name)?.paths ?? []
  const local = columns.findIndex(({ kind }) => kind === 'local-time')
  return { time: columnIndex(table, name), local, keys }
}

/** A row's time has its own offset: the clocks may have changed since the session was created. */
export function fillLocalTime(
  { time, local, keys }: LocalTimeReader,
  row: Row,
  element: JsonObject,
  { readTime, utcOffsetMinutes }: ObjectContext,
): void {
  const moment = row[time]
  if (typeof moment !== 'number' && typeof moment !== 'string') return
  const text = firstText(keys, element)
  const own = text === undefined ? undefined : ownOffsetMinutes(text, readTime)
  row[local] = localMoment(moment, own ?? utcOffsetMinutes)
}

function firstText(keys: readonly string[], element: JsonObject): string | undefined {
  for (const key of keys) {
    const sent = onlyOf(element[key])
    if (typeof sent === 'string') return sent
  }
  return undefined
}
