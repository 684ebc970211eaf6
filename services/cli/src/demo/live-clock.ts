/** Turns a time of the contact center into milliseconds since the demo began to play, and back. */
export type LiveClock = {
  playMs: number
  /** Of files that are written now. */
  live: TimeScale
  /** Of files that were written since the history ended: all of that time passes within the play. */
  caughtUp: TimeScale
}

export type TimeScale = { demoMsOf(time: Date): number; timeAt(demoMs: number): Date }

/**
 * No file is from the future when it lands: what is live lands when it is written, and the time to catch up with passes
 * faster, until at the end of the play it is the real time.
 */
export function createLiveClock({
  from,
  beginsAt,
  playMs,
}: {
  from: Date
  beginsAt: Date
  playMs: number
}): LiveClock {
  const beginsMs = beginsAt.getTime()
  const spanMs = beginsMs + playMs - from.getTime()
  if (spanMs < playMs) throw new Error('the time to catch up with must be longer than the play')
  const live: TimeScale = {
    demoMsOf: (time) => time.getTime() - beginsMs,
    timeAt: (demoMs) => new Date(beginsMs + demoMs),
  }
  const caughtUp: TimeScale = {
    demoMsOf: (time) => {
      const part = (time.getTime() - from.getTime()) / spanMs
      return part >= 1 ? live.demoMsOf(time) : Math.max(0, part * playMs)
    },
    timeAt: (demoMs) =>
      demoMs >= playMs ? live.timeAt(demoMs) : new Date(from.getTime() + (demoMs / playMs) * spanMs),
  }
  return { playMs, live, caughtUp }
}
