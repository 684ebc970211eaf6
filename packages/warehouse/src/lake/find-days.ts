import { CompiledQuery } from 'kysely'
import type { Database } from '../connection/database.ts'

/** Days in one statement, so that none takes long. */
const daysAtOnce = 100

type Found = { source: string; day: string }

/**
 * The days of a view that have rows, as `source/2026-11-29`. Asks for one row of each day and source, which the indexes on the
 * local day answer without reading the others. Takes no lock that a loader would wait for.
 */
export async function findDays(
  db: Database,
  { view, sources, days }: { view: string; sources: readonly string[]; days: readonly string[] },
): Promise<Set<string>> {
  const found = new Set<string>()
  for (let start = 0; start < days.length; start += daysAtOnce) {
    const text = `
      select own.source, to_char(asked.day, 'YYYY-MM-DD') as day
      from unnest($1::text[]) own (source)
      cross join unnest($2::date[]) asked (day)
      cross join lateral (
        select from analytics."${view.replaceAll('"', '""')}" listed
        where listed.source = own.source and listed.local_day = asked.day limit 1) one`
    const part = days.slice(start, start + daysAtOnce)
    const { rows } = await db.executeQuery<Found>(CompiledQuery.raw(text, [[...sources], part]))
    for (const { source, day } of rows) found.add(`${source}/${day}`)
  }
  return found
}
