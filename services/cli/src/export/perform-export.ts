import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import type { Database } from '@aftercall/warehouse/connection/database'
import { findDays } from '@aftercall/warehouse/lake/find-days'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { type CliContext, StoppedError } from '../cli-context.ts'
import { exportDay, isStillEmpty } from './export-day.ts'
import type { ExportedView, ExportReport } from './export-report.ts'
import type { LakePlace } from './lake-place.ts'
import type { PartFormat } from './part.ts'
import { formatView } from './print-export.ts'

export type ExportRequest = {
  views: LakeView[]
  sources: string[]
  days: string[]
  format: PartFormat
  /** Whether a day that has lost all its rows loses its file too. */
  emptyDays: boolean
}

/** Day by day, each of one moment of the database. A signal stops it between two pages of rows; no day is left in part. */
export async function performExport(
  context: CliContext,
  db: Database,
  place: LakePlace,
  request: ExportRequest,
): Promise<ExportReport> {
  const startedAt = performance.now()
  const stopping = new AbortController()
  const signals = onStopSignals({
    signals: context.signals,
    onFirst: () => stopping.abort(new StoppedError()),
    onSecond: (code) => context.exitNow(code),
  })
  const views: ExportedView[] = []
  let heldRowsMax = 0
  try {
    for (const view of request.views) {
      const done = await exportView(db, place, { ...request, view, signal: stopping.signal })
      views.push(done.view)
      heldRowsMax = Math.max(heldRowsMax, done.heldRowsMax)
      context.stderr.write(`${formatView(done.view)}\n`)
    }
  } finally {
    signals.remove()
  }
  const seconds = Number(((performance.now() - startedAt) / 1_000).toFixed(3))
  return { views, rows: sumOf(views, 'rows'), bytes: sumOf(views, 'bytes'), seconds, heldRowsMax }
}

type ViewRequest = Omit<ExportRequest, 'views'> & { view: LakeView; signal: AbortSignal }

async function exportView(
  db: Database,
  place: LakePlace,
  { view, sources, days, format, emptyDays, signal }: ViewRequest,
): Promise<{ view: ExportedView; heldRowsMax: number }> {
  const done = { view: view.name, days: 0, rows: 0, bytes: 0, keptDays: 0 }
  let heldRowsMax = 0
  const found = await findDays(db, { view: view.name, sources, days })
  for (const localDay of days) {
    for (const source of sources) {
      signal.throwIfAborted()
      const day = { view, source, localDay }
      if (!found.has(`${source}/${localDay}`) && (await isStillEmpty(place, day, format))) continue
      const own = await exportDay(db, place, { day, format, emptyDays, signal })
      if (own.rows > 0) done.days += 1
      if (own.isKept) done.keptDays += 1
      done.rows += own.rows
      done.bytes += own.bytes
      heldRowsMax = Math.max(heldRowsMax, own.heldRowsMax)
    }
  }
  return { view: done, heldRowsMax }
}

function sumOf(views: readonly ExportedView[], field: 'rows' | 'bytes'): number {
  return views.reduce((sum, view) => sum + view[field], 0)
}
