import type { OutcomeCounts, Overview } from '@aftercall/warehouse/console/overview-types'
import type { FoundProblem } from './found-problem.ts'

/** Those of the last day, if there are any, because they show what is wrong now; otherwise the older ones. */
export function findRejections(overview: Overview): FoundProblem[] {
  const { rejections } = overview
  if (rejections.length === 0) return []
  const fresh = rejections.filter((one) => one.lastDay.count > 0)
  const isFresh = fresh.length > 0
  const shown = isFresh ? fresh : rejections
  return [
    {
      code: 'rejections_open',
      severity: isFresh && areMany(fresh, overview) ? 'warning' : 'notice',
      sources: [...new Set(shown.flatMap((one) => one.sources))].sort(),
      counts: shown.map(({ code, open, lastDay }) => ({ code, ...(isFresh ? lastDay : open) })),
      isFresh,
      hasNoSource: shown.some((one) => one.sources.length === 0),
    },
  ]
}

/** Every bucket holds some files that are not sessions. */
const shareMax = 0.01
const strayMax = 3
/** Compared with the day before. */
const riseMax = 10

/** For a source, or for messages: more than 1 %, more than half of a few, or much more than the day before. */
function areMany(fresh: Overview['rejections'], { sources }: Overview): boolean {
  const messages = fresh
    .filter((one) => one.code.startsWith('message_'))
    .reduce((sum, one) => sum + one.lastDay.count, 0)
  const all = sources.reduce((sum, one) => sum + countOutcomes(one.lastDay ?? {}), 0)
  if (messages > 0 && isLarge(messages, all)) return true
  const names = new Set(fresh.flatMap((one) => one.sources))
  return sources.some(({ source, lastDay, dayBefore }) => {
    if (!names.has(source)) return false
    const rejected = lastDay?.rejected ?? 0
    if (lastDay === null || rejected === 0 || isLarge(rejected, countOutcomes(lastDay))) return true
    const isKnown = dayBefore !== null && countOutcomes(dayBefore) > 0
    return isKnown && rejected > riseMax * Math.max(1, dayBefore.rejected ?? 0)
  })
}

function isLarge(rejected: number, all: number): boolean {
  const share = rejected / Math.max(rejected, all)
  return share > 0.5 || (rejected > strayMax && share > shareMax)
}

function countOutcomes(counts: OutcomeCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
