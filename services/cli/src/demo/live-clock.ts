/** Turns a time of the contact center into milliseconds since the demo began to play. */
export type LiveClock = {
  /** From here on the play is shown. */
  from: Date
  /** Here the play has caught up with the real time, after `playMs`. */
  caughtUpAt: Date
  playMs: number
  demoMsOf(time: Date): number
}

/**
 * The time since `from` passes within `playMs`, and from then on the demo's time is the real one. So no document is from the
 * future, and sessions end now while one watches.
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
  const caughtUpMs = beginsAt.getTime() + playMs
  const spanMs = caughtUpMs - from.getTime()
  if (spanMs < playMs) throw new Error('the time to catch up with must be longer than the play')
  return {
    from,
    caughtUpAt: new Date(caughtUpMs),
    playMs,
    demoMsOf: (time) => {
      const behindMs = caughtUpMs - time.getTime()
      return behindMs <= 0 ? playMs - behindMs : Math.max(0, playMs * (1 - behindMs / spanMs))
    },
  }
}
