import type { Database } from '../connection/database.ts'
import { type Bin, binMs, readBins } from './read-bins.ts'
import { tooSlow, withinLimit } from './within-limit.ts'

export type ActivityReader = (now: Date) => Promise<Activity>

export type Activity = {
  /** From here to now everything is known; 48 hours before, once all of it was read. */
  since: Date
  /** By time; those without any object are not there. */
  bins: Bin[]
}

const windowMs = 48 * 3_600_000
/** A batch that began in a span may be committed later. */
const settlingMs = 120_000
/** Of one answer; what is missing then comes with the next ones. */
const readingMsMax = 3_000

/**
 * Tells what was settled in the last 48 hours. What is over is read once: the ledger of a busy day has millions of rows,
 * and a page that is looked at asks every few seconds. So a read costs as much as has come since, and at the first time
 * goes back as far as it gets, the newest first.
 */
export function createActivityReader(db: Database): ActivityReader {
  const known = new Map<number, Bin[]>()
  /** How many bins one statement asks for: fewer after it took too long. */
  let spanBins = 6

  return async (now) => {
    const startedMs = performance.now()
    const untilMs = floorToBin(now.getTime()) + binMs
    const fromMs = untilMs - windowMs
    for (const at of known.keys())
      if (at < fromMs || at + binMs + settlingMs > now.getTime()) known.delete(at)
    let sinceMs = untilMs
    while (sinceMs > fromMs) {
      const missing = newestMissing(fromMs, sinceMs)
      if (missing === undefined) return collect(fromMs)
      sinceMs = missing.untilMs
      if (performance.now() - startedMs > readingMsMax) break
      const bins = await withinLimit(readBins(db, missing))
      if (bins === tooSlow) {
        if (spanBins === 1) break
        spanBins = Math.max(1, Math.floor(spanBins / 6))
        continue
      }
      for (let at = missing.fromMs; at < missing.untilMs; at += binMs)
        known.set(
          at,
          bins.filter((one) => one.at.getTime() === at),
        )
      sinceMs = missing.fromMs
      spanBins = Math.min(spanBins * 2, windowMs / binMs)
    }
    return collect(sinceMs)
  }

  /** The newest bins before `untilMs` that are not known, as many as one statement may ask for. */
  function newestMissing(fromMs: number, untilMs: number): { fromMs: number; untilMs: number } | undefined {
    let end = untilMs
    while (end > fromMs && known.has(end - binMs)) end -= binMs
    if (end <= fromMs) return undefined
    let start = end
    while (start > fromMs && !known.has(start - binMs) && end - start < spanBins * binMs) start -= binMs
    return { fromMs: start, untilMs: end }
  }

  function collect(sinceMs: number): Activity {
    const times = [...known.keys()].filter((at) => at >= sinceMs).sort((one, other) => one - other)
    return { since: new Date(sinceMs), bins: times.flatMap((at) => known.get(at) ?? []) }
  }
}

function floorToBin(ms: number): number {
  return Math.floor(ms / binMs) * binMs
}
