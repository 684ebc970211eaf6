import { readDatabaseTime } from '@aftercall/warehouse/connection/database-clock'
import { readSourceDays } from '@aftercall/warehouse/lake/changed-days'
import { readLakeState } from '@aftercall/warehouse/lake/lake-state'
import type { Place } from '@aftercall/warehouse/lake/places'
import { z } from 'zod'
import type { LakePlace } from '../export/lake-place.ts'
import { ForeignPlaceError } from './publish-errors.ts'
import type { PublishParts, PublishRequest } from './publish-types.ts'

/** Engines leave out files that begin with `_`. */
const listName = '_published.json'

const listed = z.object({ lake_id: z.string(), cycle: z.int() })

/**
 * What the place says of itself; undefined if nothing is published there.
 * @throws ForeignPlaceError if another database publishes there
 */
export async function readPublishedList(
  lake: LakePlace,
  { lakeId }: Place,
): Promise<{ cycle: number } | undefined> {
  const text = await lake.readText(listName)
  if (text === undefined) return undefined
  const read = listed.safeParse(parse(text))
  if (!read.success || read.data.lake_id !== lakeId) throw new ForeignPlaceError(lake.describe(listName))
  return read.data
}

/** Written last in each turn: what is there, how new it is, and which months are only there. */
export async function writePublishedList(
  { db, lake }: PublishParts,
  { to, views }: PublishRequest,
  { lakeId, cycle, begunAt }: { lakeId: string; cycle: number; begunAt: Date },
): Promise<void> {
  const sources = await readSourceDays(db, to)
  const waiting = (await readLakeState(db)).find(({ place }) => place === to)
  const now = await readDatabaseTime(db)
  // Of changes that came during the turn; without any, it is now.
  const oldestMs = now.getTime() - (waiting?.oldestSeconds ?? 0) * 1_000
  const list = {
    ...{ version: 1, lake_id: lakeId, cycle, published_at: now.toISOString() },
    complete_to: new Date(Math.min(begunAt.getTime(), oldestMs)).toISOString(),
    views: views.map(({ name }) => name),
    sources: sources.map((own) => ({
      ...{ source: own.source, days: own.days, first_day: own.firstDay, last_day: own.lastDay },
      ...{ months_only_here: own.removedMonths, stale_days: own.staleDays },
    })),
  }
  await lake.putText(listName, `${JSON.stringify(list, null, 2)}\n`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
