export type BackfillLimit = {
  /** Objects of the backfill that may be under way now; at least 1. */
  objectsMax(): number
  /** A live object came in. */
  liveCame(): void
  /** A live object has ended, so long after it came. */
  liveEnded(tookMs: number): void
}

export type BackfillLimitOptions = {
  /** `worker.inFlight`: what is under way of both together. */
  inFlight: number
  nowMs?: () => number
}

/**
 * Enough to keep one process busy, and no more: what is under way when a live object comes is what it waits behind.
 * Measured (bench/live-beside-backfill.ts): 32 gave 70 % of what the live queue loads by itself, 96 gave 80 %, 128 gave 88 %.
 */
const objectsMaxAlone = 128
/** Where it begins beside live traffic of which nothing is known yet. */
const objectsMaxFirst = 4
/** So that it never stands still: one small batch after the other. */
const objectsMaxLeast = 2
/** Without a live object for so long there is no live traffic. */
const quietMs = 2_000
/** What is decided from: long enough for the last decision to show, and enough objects for a median. */
const roundMsMin = 1_000
const roundObjectsMin = 8
/** Live objects may take so many times what they took at best. At the median: at the 99th percentile it is less. */
const slowerMax = 1.5
/** How fast a slowness that stays with the least of backfill is taken for the way things are. */
const adoptedShare = 0.25

/**
 * How much the backfill may do, by what live traffic can bear. The measure is the time of live objects itself, from
 * place to outcome, because it shows whatever both share: the event loop, sockets, connections, the database's CPU and
 * locks, also where other workers use them up. Additive increase, multiplicative decrease, one step a round.
 */
export function createBackfillLimit({
  inFlight,
  nowMs = () => performance.now(),
}: BackfillLimitOptions): BackfillLimit {
  // Half of the places are always live's, whatever the backfill waits for.
  const ceiling = Math.max(1, Math.min(objectsMaxAlone, Math.floor(inFlight / 2)))
  const floor = Math.min(objectsMaxLeast, ceiling)
  let besideLive = Math.min(objectsMaxFirst, ceiling)
  let liveInFlight = 0
  let liveAtMs = Number.NEGATIVE_INFINITY
  let round = { startedAtMs: nowMs(), tookMs: [] as number[] }
  let bestMs = Number.POSITIVE_INFINITY

  function isQuiet(): boolean {
    return liveInFlight === 0 && nowMs() - liveAtMs > quietMs
  }

  function endRound(): void {
    const medianMs = medianOf(round.tookMs)
    // What is slow with the least of backfill beside it has another cause: a store or database that changed.
    if (besideLive === floor && medianMs > bestMs) bestMs += adoptedShare * (medianMs - bestMs)
    bestMs = Math.min(bestMs, medianMs)
    const isSlow = medianMs > slowerMax * bestMs
    besideLive = isSlow ? Math.max(floor, Math.floor(besideLive / 2)) : Math.min(ceiling, besideLive + 1)
    round = { startedAtMs: nowMs(), tookMs: [] }
  }

  return {
    objectsMax: () => (isQuiet() ? ceiling : besideLive),
    liveCame() {
      // A round is of one stretch of traffic.
      if (isQuiet()) round = { startedAtMs: nowMs(), tookMs: [] }
      liveInFlight += 1
      liveAtMs = nowMs()
    },
    liveEnded(tookMs) {
      liveInFlight -= 1
      liveAtMs = nowMs()
      round.tookMs.push(tookMs)
      const isLong = nowMs() - round.startedAtMs >= roundMsMin
      if (isLong && round.tookMs.length >= roundObjectsMin) endRound()
    },
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
