import { join } from 'node:path'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { LakeRow } from '@aftercall/warehouse/lake/lake-view'
import { type Day, readDay } from '@aftercall/warehouse/lake/read-day'
import { type ColumnSums, sumColumns } from './column-sums.ts'
import { createPartWriter } from './create-part-writer.ts'
import type { LakePlace } from './lake-place.ts'
import { folderOf, type Manifest, manifestName, partNameOf, readFormat } from './manifest.ts'
import { type PartFormat, partFormats } from './part.ts'
import { openSpoolFile } from './spool-file.ts'

export type ExportedDay = {
  rows: number
  bytes: number
  heldRowsMax: number
  /** The day has no rows any more, and was left as it is at the place. */
  isKept: boolean
}

export type DayRequest = {
  day: Day
  format: PartFormat
  /** Whether a day that has lost all its rows loses its file too. */
  emptyDays: boolean
  signal: AbortSignal
}

/** The rows of a day in a file on this machine, before readers see it. */
export type SpooledDay = Omit<ExportedDay, 'isKept'> & { path: string; sha256: string; sums: ColumnSums }

/**
 * Writes one day of one source whole, in three steps: the part, the manifest, and then the removal of what is left of another
 * format. The part is replaced in one step, so readers see the old day or the new one, however the export ends. A day that
 * has no rows any more is kept unless `emptyDays` is set: retention may have dropped its month, and the lake is to keep that.
 */
export async function exportDay(
  db: Database,
  place: LakePlace,
  { day, format, emptyDays, signal }: DayRequest,
): Promise<ExportedDay> {
  const before = await readManifest(place, day)
  const spooled = await spoolDay(db, place, { day, format, signal })
  if (spooled.rows === 0 && before !== undefined && !emptyDays)
    return { rows: 0, bytes: 0, heldRowsMax: 0, isKept: true }
  await placeDay(place, { day, format, spooled, before })
  const { rows, bytes, heldRowsMax } = spooled
  return { rows, bytes: rows === 0 ? 0 : bytes, heldRowsMax, isKept: false }
}

/** The text of the manifest of a day that was written before. */
export function readManifest(place: LakePlace, day: Day): Promise<string | undefined> {
  return place.readText(`${folderOf(day)}/${manifestName}`)
}

/** Puts a spooled day in the place of what is there, in the three steps of `exportDay`. */
export async function placeDay(
  place: LakePlace,
  {
    day,
    format,
    spooled,
    before,
  }: { day: Day; format: PartFormat; spooled: SpooledDay; before: string | undefined },
): Promise<void> {
  const folder = folderOf(day)
  const part = partNameOf(format)
  if (spooled.rows > 0) await place.putFile(`${folder}/${part}`, spooled.path)
  else await place.remove(`${folder}/${part}`)
  if (spooled.rows > 0 || before !== undefined) {
    const manifest = manifestOf(day, format, spooled)
    await place.putText(`${folder}/${manifestName}`, `${JSON.stringify(manifest, null, 2)}\n`)
  }
  if (spooled.rows > 0 && readFormat(before) !== format) {
    for (const other of partFormats.filter((own) => own !== format))
      await place.remove(`${folder}/${partNameOf(other)}`)
  }
}

/**
 * Whether there is nothing to do for a day that has no rows: it was never exported. What an export may have left that died before
 * it wrote the first manifest is removed.
 */
export async function isStillEmpty(place: LakePlace, day: Day, format: PartFormat): Promise<boolean> {
  const folder = folderOf(day)
  if ((await readManifest(place, day)) !== undefined) return false
  await place.remove(`${folder}/${partNameOf(format)}`)
  return true
}

/** On this machine's disk first: an upload needs its length, and a reader must not see a file that grows. */
export async function spoolDay(
  db: Database,
  place: LakePlace,
  { day, format, signal }: Pick<DayRequest, 'day' | 'format' | 'signal'>,
): Promise<SpooledDay> {
  const file = await openSpoolFile(join(await place.spoolFolder(), 'part'))
  try {
    const writer = createPartWriter(format, day.view, file)
    const sums = sumColumns(day.view.columns)
    await readDay(db, day, async (pages: AsyncGenerator<LakeRow[]>) => {
      for await (const page of pages) {
        signal.throwIfAborted()
        sums.add(page)
        await writer.add(page)
      }
    })
    await writer.finish()
    const whole = await file.finish()
    return { path: file.path, ...whole, sums, rows: sums.rows(), heldRowsMax: writer.heldMax() }
  } finally {
    await file.close()
  }
}

function manifestOf({ view, source, localDay }: Day, format: PartFormat, spooled: SpooledDay): Manifest {
  const { rows, bytes, sha256, sums } = spooled
  return {
    version: 1,
    view: view.name,
    source,
    local_day: localDay,
    format,
    written_at: new Date().toISOString(),
    rows,
    files: rows === 0 ? [] : [{ name: partNameOf(format), rows, bytes, sha256 }],
    columns: sums.columns(),
  }
}
