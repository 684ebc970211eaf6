import type { Overview } from './overview.ts'
import type { Problem } from './problems.ts'
import { counted, tellNumber } from './tell-amount.ts'

/** Those of the last day, if there are any: they say what is wrong now. */
export function findRejections({ rejections }: Overview): Problem[] {
  if (rejections.length === 0) return []
  const fresh = rejections.filter((one) => one.lastDay.count > 0)
  const isFresh = fresh.length > 0
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
      ...{ severity: isFresh ? 'warning' : 'notice', sources, command: 'aftercall rejections list' },
      what: `${place}${tellRejected(told)} ${what} (${tellCodes(told)}).`,
      whatToDo: isFresh
        ? 'Look at one of each reason: it says what to do. Nothing waits for it, and good files go on.'
        : 'Take them again when their cause is repaired, or put them aside.',
      runbookAnchor: 'rejections-rise',
    },
  ]
}

type CodeCount = { code: string; count: number; about: boolean }

function tellRejected(counts: readonly CodeCount[]): string {
  const number = counts.reduce((sum, one) => sum + one.count, 0)
  const messages = counts.filter((one) => one.code.startsWith('message_')).length
  const what = messages === 0 ? 'object' : messages === counts.length ? 'message' : 'object or message'
  const many = messages === 0 || messages === counts.length ? `${what}s` : 'objects or messages'
  return `${counted(number, what, many)}${counts.some((one) => one.about) ? ' or more' : ''}`
}

/** `not_json`; of several `4 not_json, 1 gzip_broken`. */
function tellCodes(counts: readonly CodeCount[]): string {
  if (counts.length === 1) return counts.map((one) => one.code).join()
  return counts.map(({ code, count }) => `${tellNumber(count)} ${code}`).join(', ')
}
