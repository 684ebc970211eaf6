/** How slow a body may be. */
export type ProgressLimits = {
  /** Length of a window. */
  windowMs: number
  /** The least bytes in each window, until the body is complete. */
  windowBytesMin: number
  /** Base time for the whole body. */
  wholeMs: number
  /** Adds a second to `wholeMs` for each of this many bytes, so the limit is linear in the length. */
  wholeBytesPerSecond: number
}

/** At least 1 KiB a second at any time, and 16 KiB a second on average after the first minute: 9.5 minutes for 8 MiB. */
export const progressLimits: ProgressLimits = {
  windowMs: 10_000,
  windowBytesMin: 10_240,
  wholeMs: 60_000,
  wholeBytesPerSecond: 16_384,
}

/** A body that arrives too slowly. */
export class BodyTooSlowError extends Error {
  override readonly name = 'BodyTooSlowError'
  readonly code = 'too_slow'
  readonly retryable = true

  constructor(bytesReceived: number, elapsedMs: number) {
    super(`received ${bytesReceived} bytes in ${Math.round(elapsedMs / 1_000)} s`)
  }
}

export type Watched = {
  bytesReceived(): number
  /** True while we have not read what has arrived: then the sender cannot send more. */
  isPaused?(): boolean
  giveUp(error: BodyTooSlowError): void
}

export type ProgressWatch = {
  /** Calls `giveUp` once the body is too slow. Returns a function that stops watching. */
  watch(watched: Watched): () => void
}

type Watching = { watched: Watched; startedMs: number; windowMs: number; windowBytes: number }

/**
 * One timer for all bodies: a timer for each would cost more than the rest of a small object. The timer stops at its first
 * tick without a body, and not when the last body ends: with few concurrent objects that would again be a timer for each.
 */
export function createProgressWatch(
  limits: ProgressLimits = progressLimits,
  nowMs: () => number = () => performance.now(),
): ProgressWatch {
  const tickMs = Math.min(1_000, limits.windowMs / 5)
  const watching = new Set<Watching>()
  let timer: NodeJS.Timeout | undefined
  let tickedMs = 0

  function tick(): void {
    if (watching.size === 0) {
      clearInterval(timer)
      timer = undefined
      return
    }
    const now = nowMs()
    // If this process was blocked, bytes have arrived in that time and were not read yet.
    const heldUpMs = Math.max(0, now - tickedMs - 2 * tickMs)
    tickedMs = now
    for (const entry of watching) {
      entry.startedMs += heldUpMs
      entry.windowMs += heldUpMs
      check(entry, now)
    }
  }

  function check(entry: Watching, now: number): void {
    const received = entry.watched.bytesReceived()
    if (entry.watched.isPaused?.() === true) {
      entry.startedMs += tickMs
      openWindow(entry, now, received)
      return
    }
    const isOver = now - entry.windowMs >= limits.windowMs
    const wholeMs = limits.wholeMs + (received / limits.wholeBytesPerSecond) * 1_000
    const isTooSlow = isOver && received - entry.windowBytes < limits.windowBytesMin
    if (isTooSlow || now - entry.startedMs > wholeMs) {
      watching.delete(entry)
      entry.watched.giveUp(new BodyTooSlowError(received, now - entry.startedMs))
    } else if (isOver) openWindow(entry, now, received)
  }

  return {
    watch(watched) {
      const now = nowMs()
      const entry = { watched, startedMs: now, windowMs: now, windowBytes: watched.bytesReceived() }
      watching.add(entry)
      if (timer === undefined) {
        tickedMs = now
        timer = setInterval(tick, tickMs).unref()
      }
      return () => void watching.delete(entry)
    },
  }
}

function openWindow(entry: Watching, now: number, received: number): void {
  entry.windowMs = now
  entry.windowBytes = received
}
