import type { OutcomeCounts, Overview } from './overview.ts'
import type { Problem } from './problems.ts'
import { counted, formatNumber } from './tell-amount.ts'

/** Those of the last day, if there are any: they say what is wrong now. */
export function findRejections(overview: Overview): Problem[] {
  const { rejections } = overview
  if (rejections.length === 0) return []
  const fresh = rejections.filter((one) => one.lastDay.count > 0)
  const isFresh = fresh.length > 0
  const isMany = isFresh && areMany(fresh, overview)
  const told = (isFresh ? fresh : rejections).map(({ code, open, lastDay, sources }) => {
    return { code, sources, ...(isFresh ? lastDay : open) }
  })
  const sources = [...new Set(told.flatMap((one) => one.sources))].sort()
  // A message that names no object is of no source.
  const isOfOne = sources.length === 1 && told.every((one) => one.sources.length > 0)
  const place = isOfOne ? `${sources[0]}: ` : ''
  const what = isFresh
    ? 'could not be used in the last 24 hours'
    : 'could not be used, the last of them more than 24 hours ago'
  return [
    {
      ...{ severity: isMany ? 'warning' : 'notice', about: 'rejections', sources },
      command: 'aftercall rejections list',
      what: `${place}${formatRejected(told)} ${what} (${formatCodes(told)}).`,
      whatToDo: isFresh
        ? 'Look at one of each reason: it says what to do. Nothing waits for them, and good files are loaded.'
        : 'Take them again when their cause is repaired, or put them aside.',
      runbookAnchor: 'rejections-rise',
    },
  ]
}

/** A tenant's bucket always holds some files that are no session's. */
const shareMax = 0.01
const strayMax = 3
/** Times what came the day before. */
const riseMax = 10

/** Of a source, or of messages: more than a hundredth, more than half of a few, or much more than the day before. */
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

type CodeCount = { code: string; count: number; about: boolean }

function formatRejected(counts: readonly CodeCount[]): string {
  const number = counts.reduce((sum, one) => sum + one.count, 0)
  const messages = counts.filter((one) => one.code.startsWith('message_')).length
  const what = messages === 0 ? 'object' : messages === counts.length ? 'message' : 'object or message'
  const many = messages === 0 || messages === counts.length ? `${what}s` : 'objects or messages'
  return `${counted(number, what, many)}${counts.some((one) => one.about) ? ' or more' : ''}`
}

/** `not_json`; of several `4 not_json, 1 gzip_broken`. */
function formatCodes(counts: readonly CodeCount[]): string {
  if (counts.length === 1) return counts.map((one) => one.code).join()
  return counts.map(({ code, count }) => `${formatNumber(count)} ${code}`).join(', ')
}
