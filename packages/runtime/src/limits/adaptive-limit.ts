import { abortableWait } from './abortable-wait.ts'

/** Bounds how much is under way, and slows itself down when it is told that somebody suffers. */
export type AdaptiveLimit = {
  /** Runs as soon as there is room. Rejects with the signal's reason if that fires before. */
  run<Answer>(work: () => Promise<Answer>, signal: AbortSignal): Promise<Answer>
  /** Halves what may be under way; several calls within a second count as one. */
  slowDown(): void
  /** How many may be under way now, and how many are. */
  state(): { inFlightMax: number; inFlight: number }
}

export type AdaptiveLimitOptions = {
  /** Under way at the same time at the most. */
  inFlightMax: number
  /** Started in a second at the most. */
  perSecondMax?: number | undefined
  nowMs?: () => number
}

type Waiting = { signal: AbortSignal; admit(): void; leave(reason: unknown): void }

const slowDownPauseMs = 1_000

/**
 * Additive increase, multiplicative decrease: after a slow-down the room grows by a twentieth of the whole for each
 * round of work, until it is told to slow down again or has all of its room back.
 */
export function createAdaptiveLimit({
  inFlightMax,
  perSecondMax,
  nowMs = () => performance.now(),
}: AdaptiveLimitOptions): AdaptiveLimit {
  const roomPerRound = Math.max(1, inFlightMax / 20)
  let room = inFlightMax
  let inFlight = 0
  let slowedAtMs = Number.NEGATIVE_INFINITY
  let nextStartMs = 0
  const line: Waiting[] = []
  const heard = new WeakSet<AbortSignal>()

  function enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (inFlight < Math.floor(room) && line.length === 0) {
      inFlight += 1
      return Promise.resolve()
    }
    listenOnce(signal)
    return new Promise((resolve, reject) => line.push({ signal, admit: resolve, leave: reject }))
  }

  /** One listener for all who wait: a signal looks through its listeners whenever one comes or goes. */
  function listenOnce(signal: AbortSignal): void {
    if (heard.has(signal)) return
    heard.add(signal)
    signal.addEventListener('abort', () => {
      for (const one of line.splice(0)) {
        if (one.signal === signal) one.leave(signal.reason)
        else line.push(one)
      }
    })
  }

  function exit(): void {
    inFlight -= 1
    while (inFlight < Math.floor(room)) {
      const first = line.shift()
      if (first === undefined) return
      inFlight += 1
      first.admit()
    }
  }

  /** Starts are spread evenly: a second's worth at once would only be a burst at the store. */
  async function waitForTurn(signal: AbortSignal): Promise<void> {
    if (perSecondMax === undefined) return
    const startMs = Math.max(nowMs(), nextStartMs)
    nextStartMs = startMs + 1_000 / perSecondMax
    const waitMs = startMs - nowMs()
    if (waitMs > 0) await abortableWait(waitMs, signal)
  }

  return {
    async run(work, signal) {
      await enter(signal)
      try {
        await waitForTurn(signal)
        const answer = await work()
        room = Math.min(inFlightMax, room + roomPerRound / room)
        return answer
      } finally {
        exit()
      }
    },
    slowDown() {
      if (nowMs() - slowedAtMs < slowDownPauseMs) return
      slowedAtMs = nowMs()
      room = Math.max(1, room / 2)
    },
    state: () => ({ inFlightMax: Math.floor(room), inFlight }),
  }
}
