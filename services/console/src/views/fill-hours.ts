import type { OutcomeCounts, Overview } from '@aftercall/warehouse/console/overview-types'
import { countObjects, outcomes } from './outcome-words.ts'

export const hoursShown = 48
const hourMs = 3_600_000

/** One hour over all sources. It is unknown if reading it took too long. */
export type Hour = { at: Date; counts: OutcomeCounts; objects: number; isKnown: boolean }

/** Every hour of the last 48, including those without objects. */
export function fillHours({ hours, readAt, tookTooLong }: Overview): Hour[] {
  const last = Math.floor(readAt.getTime() / hourMs)
  const firstKnown = tookTooLong.includes('activity') ? (hours[0]?.hour.getTime() ?? readAt.getTime()) : 0
  return Array.from({ length: hoursShown }, (_, index) => {
    const hour = last - hoursShown + 1 + index
    const at = new Date(hour * hourMs)
    const counts = sumCounts(
      hours.filter((one) => Math.floor(one.hour.getTime() / hourMs) === hour).map((one) => one.outcomes),
    )
    return { at, counts, objects: countObjects(counts), isKnown: at.getTime() >= firstKnown }
  })
}

export function sumCounts(parts: readonly OutcomeCounts[]): OutcomeCounts {
  return Object.fromEntries(
    outcomes.map((outcome) => [outcome, parts.reduce((sum, part) => sum + (part[outcome] ?? 0), 0)]),
  )
}
