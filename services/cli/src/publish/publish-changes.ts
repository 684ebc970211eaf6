import { createHash } from 'node:crypto'
import type { Database } from '@aftercall/warehouse/connection/database'
import { readDatabaseTime } from '@aftercall/warehouse/connection/database-clock'
import { findChangedDays, readChangedDays } from '@aftercall/warehouse/lake/changed-days'
import { addPlace, markAllDays, type Place, readShape, recordSuccess } from '@aftercall/warehouse/lake/places'
import { publishDay } from './publish-day.ts'
import type { PublishParts, PublishReport, PublishRequest, Turn } from './publish-types.ts'
import { readPublishedList, writePublishedList } from './published-list.ts'

/**
 * One turn: finds the days that have changed, writes their files day by day, the newest first, and then the list of what is
 * published. Whatever ends it, each file is old or new, and the next turn goes on.
 */
export async function publishChanges(
  parts: PublishParts,
  request: PublishRequest,
  turn: Turn,
): Promise<PublishReport> {
  const { db, lake } = parts
  const startedAt = performance.now()
  const place = await addPlace(db, request.to, request.everySeconds)
  const listed = await readPublishedList(lake, place)
  const begunAt = await readDatabaseTime(db)
  await markIfOutdated(db, place, request, listed?.cycle)
  await findChangedDays(db, turn.signal)
  const report: PublishReport = {
    ...{ place: request.to, days: 0, files: 0, rows: 0, bytes: 0, staleDays: 0, seconds: 0 },
  }
  for (const day of await readChangedDays(db, request.to)) {
    const done = await publishDay(parts, request, { ...turn, day })
    report.days += 1
    report.files += done.files
    report.rows += done.rows
    report.bytes += done.bytes
    report.staleDays += done.isStale ? 1 : 0
  }
  await turn.lease.confirm()
  const cycle = await recordSuccess(db, request.to)
  await writePublishedList(parts, request, { lakeId: place.lakeId, cycle, begunAt })
  report.seconds = Number(((performance.now() - startedAt) / 1_000).toFixed(3))
  return report
}

/**
 * All days are read again when what they depend on has changed. Their files are written, too, where what the database knows of
 * them may be wrong: the list at the place is gone, or counts further, as after a restore of the database to an earlier state.
 */
async function markIfOutdated(
  db: Database,
  { shape: known, cycle }: Place,
  { to, views, all }: PublishRequest,
  listedCycle: number | undefined,
): Promise<void> {
  const shape = createHash('sha256')
    .update(await readShape(db))
    .update(JSON.stringify(views))
    .digest('hex')
  const rewrite = all || (listedCycle === undefined ? cycle > 0 : listedCycle > cycle)
  if (rewrite || shape !== known) await markAllDays(db, to, { shape, rewrite })
}
