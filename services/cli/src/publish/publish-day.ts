import {
  type ChangedDay,
  isClosed,
  markPublished,
  markStale,
  noteWaiting,
} from '@aftercall/warehouse/lake/changed-days'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { type PublishedFile, readPublishedFiles, recordFile } from '@aftercall/warehouse/lake/published-files'
import { placeDay, readManifest, spoolDay } from '../export/export-day.ts'
import { readRows } from '../export/manifest.ts'
import type { PublishParts, PublishRequest, Turn } from './publish-types.ts'

export type PublishedDay = { files: number; rows: number; bytes: number; isStale: boolean }

export type DayTurn = Turn & { day: ChangedDay }

const format = 'parquet'

/**
 * Writes the files of the views whose rows on this day have changed, and then says that the day is published as of the change
 * that was read before its rows. A file that is equal to the published one is not written.
 */
export async function publishDay(
  parts: PublishParts,
  request: PublishRequest,
  turn: DayTurn,
): Promise<PublishedDay> {
  const { db } = parts
  const { source, localDay } = turn.day
  const done: PublishedDay = { files: 0, rows: 0, bytes: 0, isStale: false }
  const published = await readPublishedFiles(db, { place: request.to, source, localDay })
  if (turn.day.isPublished && (await isClosed(db, source, localDay))) done.isStale = true
  await noteWaiting(db, source, localDay)
  for (const view of done.isStale ? [] : request.views) {
    turn.signal.throwIfAborted()
    const written = await publishFile(parts, {
      ...turn,
      place: request.to,
      view,
      known: published.get(view.name),
    })
    if (written === 'kept') done.isStale ||= turn.day.isPublished
    else if (written !== 'equal') {
      done.files += 1
      done.rows += written.rows
      done.bytes += written.rows === 0 ? 0 : written.bytes
    }
  }
  await noteWaiting(db, source, localDay)
  await turn.lease.confirm()
  if (done.isStale) await markStale(db, request.to, turn.day)
  else await markPublished(db, request.to, turn.day)
  return done
}

type FileTurn = DayTurn & { place: string; view: LakeView; known: PublishedFile | undefined }

/**
 * Whether the day is closed is asked after its rows were read: retention says first that it removes a month, so rows that were
 * read without some of them are never written over those of an earlier turn.
 */
async function publishFile(
  { db, lake }: PublishParts,
  { day: { source, localDay }, lease, signal, place, view, known }: FileTurn,
): Promise<{ rows: number; bytes: number } | 'equal' | 'kept'> {
  const day = { view, source, localDay }
  const spooled = await spoolDay(db, lake, { day, format, signal })
  const { rows } = spooled
  const sha256 = rows === 0 ? null : spooled.sha256
  const manifest = known === undefined ? await readManifest(lake, day) : undefined
  const before = known ?? fileOf(manifest)
  if (before.rows === rows && before.sha256 === sha256) return 'equal'
  if (before.rows > 0 && (await isClosed(db, source, localDay))) return 'kept'
  await lease.confirm()
  const address = { place, view: view.name, source, localDay }
  // Until it is known which file is there, it counts as one with rows and without a hash, which no day equals.
  await recordFile(db, address, { rows: Math.max(rows, before.rows), sha256: null })
  await placeDay(lake, { day, format, spooled, before: manifest ?? (await readManifest(lake, day)) })
  await recordFile(db, address, { rows, sha256 })
  return { rows, bytes: spooled.bytes }
}

/** What an export, or a publisher of an earlier time, has left. Its manifest may be older than the file. */
function fileOf(manifest: string | undefined): PublishedFile {
  return { rows: readRows(manifest), sha256: null }
}
