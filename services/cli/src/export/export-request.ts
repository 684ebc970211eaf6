import { nearestName } from '@aftercall/runtime/text/nearest-name'
import { type LakeView, lakeColumnOf } from '@aftercall/warehouse/lake/lake-view'
import type { DatedView } from '@aftercall/warehouse/lake/read-lake-views'
import { UsageError } from '../cli-context.ts'

/** The days of an export, the first and the last included. */
export type DaySpan = { from: string; through: string }

const daysMax = 3_660

/** Reads `--from` and `--through`. */
export function readDays({
  from,
  through = from,
}: {
  from?: string
  through?: string | undefined
}): string[] {
  if (from === undefined || through === undefined)
    throw new UsageError('say which days: --from DAY, and --through DAY for more than one')
  const [first, last] = [dayNumber('--from', from), dayNumber('--through', through)]
  if (last < first) throw new UsageError(`--through ${through} is before --from ${from}`)
  if (last - first >= daysMax)
    throw new UsageError(
      `--from ${from} --through ${through} is more than ${daysMax} days: export fewer at a time`,
    )
  return Array.from({ length: last - first + 1 }, (_, index) => formatDay(first + index))
}

function dayNumber(option: string, text: string): number {
  const number = Date.parse(`${text}T00:00:00Z`) / 86_400_000
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isInteger(number) && formatDay(number) === text)
    return number
  throw new UsageError(`${option} must be a day such as 2026-11-29, not ${text}`)
}

function formatDay(number: number): string {
  return new Date(number * 86_400_000).toISOString().slice(0, 10)
}

/** The views to export, each once, in the order in which they were named. */
export function findViews(names: readonly string[], dated: readonly DatedView[]): LakeView[] {
  const known = dated.map(({ name }) => name)
  const list = `These can be exported: ${known.join(', ')}`
  if (known.length === 0)
    throw new UsageError('the database has no views to export yet; to create them: aftercall migrate')
  if (names.length === 0) throw new UsageError(`name the views to export. ${list}`)
  return [...new Set(names)].map((typed) => {
    const view = dated.find(({ name }) => name === typed.replace(/^analytics\./, ''))
    if (view !== undefined) return lakeViewOf(view)
    const near = nearestName(typed, known)
    const hint = near === undefined ? '' : ` Did you mean ${near}?`
    throw new UsageError(`${typed} is no view of analytics with a source and a local_day.${hint} ${list}`)
  })
}

function lakeViewOf({ name, columns }: DatedView): LakeView {
  const inFiles = columns.filter((column) => column.name !== 'source' && column.name !== 'local_day')
  return { name, columns: inFiles.map((column) => lakeColumnOf(name, column.name, column.type)) }
}

/** The sources to export; all of them if none is named. */
export function findSources(names: readonly string[], known: readonly string[]): string[] {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new UsageError(
      `the source ${unknown} was never configured; there are: ${known.join(', ') || 'none'}`,
    )
  return names.length === 0 ? [...known] : [...new Set(names)]
}
