import type { Database } from '../connection/database.ts'
import { type Bin, binMs, readBins } from './read-bins.ts'
import { tooSlow, withinLimit } from './within-limit.ts'

export type ActivityReader = (now: Date) => Promise<Activity>

export type Activity = {
  /** Everything from then to now is known. When all of it was read, this is 48 hours ago. */
  since: Date
  /** By time; bins without objects are left out. */
  bins: Bin[]
}

const windowMs = 48 * 3_600_000
/** A batch may be committed after the span in which it began. */
const settlingMs = 120_000
/** For one answer; later answers read the rest. */
const readingMsMax = 3_000

/**
 * Reads the objects that ended in the last 48 hours. The past is read only once, because the ledger of a busy day has millions
 * of rows, and an open page asks every few seconds. So a read costs only what is new. The first one starts with the newest
 * bins and goes back as far as its time allows.
 */
export function createActivityReader(db: Database): ActivityReader {
  const known = new Map<number, Bin[]>()
  /** Bins of one statement: fewer after a statement took too long. */
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

  /** The newest unknown bins before `untilMs`, at most `spanBins` of them. */
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
