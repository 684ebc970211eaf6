import { UsageError } from '../cli-context.ts'

export type RollupFlags = { rebuild?: boolean; check?: boolean; from?: string; to?: string }

export type Days = { fromDay: string; toDay: string }

/** Days that are null are not asked for. */
export type RollupRequest = { rebuild: Days | null; check: Days | null }

/** @throws UsageError */
export function parseOptions({ rebuild = false, check = false, from, to }: RollupFlags): RollupRequest {
  if (!rebuild && !check) {
    if (from !== undefined || to !== undefined) {
      throw new UsageError('--from and --to belong to --rebuild or --check')
    }
    return { rebuild: null, check: null }
  }
  if (from === undefined) throw new UsageError('--rebuild and --check need --from, the first local day')
  const days = { fromDay: readDay('--from', from), toDay: readDay('--to', to ?? from) }
  if (days.fromDay > days.toDay) throw new UsageError('--from must not be after --to')
  return { rebuild: rebuild ? days : null, check: check ? days : null }
}

function readDay(option: string, text: string): string {
  const time = new Date(`${text}T00:00:00Z`)
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time.getTime())
  if (!isDay || time.toISOString().slice(0, 10) !== text) {
    throw new UsageError(`${option} must be a day such as 2026-03-01, not ${text}`)
  }
  return text
}
