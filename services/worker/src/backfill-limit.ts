import { createAimdBound } from '@aftercall/runtime/limits/aimd'

export type BackfillLimit = {
  /** Backfill objects that may be in flight now; at least 1. */
  objectsMax(): number
  /** A live object waits for its permit, or has it. */
  liveStarted(): void
  /** A live object has ended. */
  liveEnded(tookMs: number): void
}

export type BackfillLimitOptions = {
  /** `worker.inFlight`: live and backfill objects together. */
  inFlight: number
  nowMs?: () => number
}

/**
 * Enough to keep one process busy, and no more: a live object waits behind what is in flight when it arrives.
 * Measured (bench/live-beside-backfill.ts): 32 gave 70 % of what the live queue loads by itself, 96 gave 80 %, 128 gave 88 %.
 */
const objectsMaxAlone = 128
/** The start beside live traffic of which nothing is known yet. */
const objectsMaxFirst = 4
/** The backfill never stops: it loads one small batch after another. */
const objectsMaxLeast = 2
/** After this time without a live object, there is no live traffic. */
const quietMs = 2_000
/** A round is long enough to show the effect of the last decision, and has enough objects for a median. */
const roundMsMin = 1_000
const roundObjectsMin = 8
/** Live objects may take this many times what they took at best. At the median: at the 99th percentile it is less. */
const slowerMax = 1.5
/** How fast a slowness that remains at the lowest backfill becomes the new normal. */
const adoptedShare = 0.25

/**
 * How much the backfill may do without slowing live traffic down. It measures the time of the live objects themselves,
 * from permit to outcome, because that shows everything that both share: the event loop, sockets, connections, the
 * database's CPU and locks, even when other workers use them. One step of AIMD per round.
 */
export function createBackfillLimit({
  inFlight,
  nowMs = () => performance.now(),
}: BackfillLimitOptions): BackfillLimit {
  // Half of the permits are always left to live objects.
  const ceiling = Math.max(1, Math.min(objectsMaxAlone, Math.floor(inFlight / 2)))
  const floor = Math.min(objectsMaxLeast, ceiling)
  const besideLive = createAimdBound({ min: floor, max: ceiling, start: Math.min(objectsMaxFirst, ceiling) })
  let liveInFlight = 0
  let liveAtMs = Number.NEGATIVE_INFINITY
  let round = { startedAtMs: nowMs(), tookMs: [] as number[] }
  let bestMs = Number.POSITIVE_INFINITY

  function isQuiet(): boolean {
    return liveInFlight === 0 && nowMs() - liveAtMs > quietMs
  }

  function endRound(): void {
    const medianMs = medianOf(round.tookMs)
    // What is slow beside the lowest backfill has another cause: a store or database that changed.
    if (besideLive.value() === floor && medianMs > bestMs) bestMs += adoptedShare * (medianMs - bestMs)
    bestMs = Math.min(bestMs, medianMs)
    if (medianMs > slowerMax * bestMs) besideLive.halve()
    else besideLive.increase(1)
    round = { startedAtMs: nowMs(), tookMs: [] }
  }

  return {
    objectsMax: () => (isQuiet() ? ceiling : besideLive.value()),
    liveStarted() {
      // A round belongs to one stretch of traffic.
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
