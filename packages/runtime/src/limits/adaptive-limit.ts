import { abortableWait } from './abortable-wait.ts'
import { createAimdBound } from './aimd.ts'
import { createPermitPool } from './permits.ts'

/** Permits that become fewer when a service throttles or slows down, and come back while it copes. */
export type AdaptiveLimit = {
  /**
   * Runs the work once a permit is free. Rejects with the signal's reason if that fires first. Work that rejects has failed,
   * and so has work whose answer is no success: it does not let the limit grow.
   */
  run<Answer>(
    work: () => Promise<Answer>,
    signal: AbortSignal,
    isSuccess?: (answer: Answer) => boolean,
  ): Promise<Answer>
  /** Halves the number of permits; several calls within a second count as one. */
  slowDown(): void
  /** How many may be in flight now, and how many are. */
  state(): { inFlightMax: number; inFlight: number }
}

export type AdaptiveLimitOptions = {
  inFlightMax: number
  /** Starts per second. */
  perSecondMax?: number | undefined
  nowMs?: () => number
}

const slowDownPauseMs = 1_000

/** After a slow-down the limit grows by a twentieth of `inFlightMax` for each round of work that succeeds. */
export function createAdaptiveLimit({
  inFlightMax,
  perSecondMax,
  nowMs = () => performance.now(),
}: AdaptiveLimitOptions): AdaptiveLimit {
  const growthPerRound = Math.max(1, inFlightMax / 20)
  const bound = createAimdBound({ max: inFlightMax })
  const permits = createPermitPool(bound.value).addLine()
  let slowedAtMs = Number.NEGATIVE_INFINITY
  let nextStartMs = 0

  /** Starts are spread evenly: a second's worth at once would only be a burst at the store. */
  async function waitForTurn(perSecond: number, signal: AbortSignal): Promise<void> {
    const startMs = Math.max(nowMs(), nextStartMs)
    nextStartMs = startMs + 1_000 / perSecond
    const waitMs = startMs - nowMs()
    if (waitMs > 0) await abortableWait(waitMs, signal)
  }

  return {
    async run(work, signal, isSuccess) {
      if (!permits.tryTake(signal)) await permits.acquire(signal)
      try {
        if (perSecondMax !== undefined) await waitForTurn(perSecondMax, signal)
        const answer = await work()
        if (isSuccess === undefined || isSuccess(answer)) bound.increase(growthPerRound / bound.value())
        return answer
      } finally {
        permits.release()
      }
    },
    slowDown() {
      if (nowMs() - slowedAtMs < slowDownPauseMs) return
      slowedAtMs = nowMs()
      bound.halve()
    },
    state: () => ({ inFlightMax: bound.value(), inFlight: permits.taken() }),
  }
}
