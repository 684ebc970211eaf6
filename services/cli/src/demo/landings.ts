import type { SampleSession } from '@aftercall/samples/make-sample'
import { type HistoryPlan, historySession, sessionEnding } from '@aftercall/samples/sample-history'
import { createAccidents } from './accidents.ts'
import { type DueFile, dueFile, type Landing } from './due-file.ts'
import { inOrderOfTime, type TimedBatch } from './in-order-of-time.ts'
import type { LiveClock } from './live-clock.ts'

/** A revision of a session of the history that the platform writes after the end of the history. */
export type LateRevision = { number: number; revision: number; exportedAt: Date }

export type PlayOptions = {
  plan: HistoryPlan
  clock: LiveClock
  /** Number of the first session of the play. */
  first: number
  /** How many sessions end until the play has caught up with the real time. */
  sessions: number
  late: readonly LateRevision[]
}

/** Between the ends of two sessions, once the play has caught up. */
export const trickleMs = 2_000
/** The first file of a session is written within this time of its end. */
const exportMsMax = 20_000

/**
 * A simulated contact center without an end: sessions end one after the other, their files land and are rewritten later, as
 * wrap-up, rating and feedback arrive. Made on demand, in order of time.
 */
export function* composeLandings(options: PlayOptions): Generator<Landing, void, void> {
  for (const { make } of inOrderOfTime(simulateBatches(options))) yield make()
}

function* simulateBatches(options: PlayOptions): Generator<TimedBatch<DueFile>, void, void> {
  const { plan, clock, first, sessions, late } = options
  const items = late.map(({ number, revision, exportedAt }) =>
    dueFile({ atMs: clock.demoMsOf(exportedAt), revision, session: () => historySession(plan, number) }),
  )
  yield { fromMs: 0, items }
  const withAccidents = createAccidents()
  for (let place = 0; ; place += 1) {
    const endsAtMs = endOf(options, place)
    const make = (): SampleSession => sessionEnding(plan, first + place, Math.floor(endsAtMs / 1_000))
    const made = make()
    const fromMs = clock.demoMsOf(new Date(endsAtMs))
    const revisions = made.revisions.map(({ exportedAt }, revision) => {
      // A rare file is written while its session still goes on, and here it waits for its end.
      const atMs = Math.max(fromMs, clock.demoMsOf(exportedAt))
      return { atMs, revision, session: atMs <= clock.playMs ? () => made : make }
    })
    const played = revisions.filter(({ atMs }) => atMs <= clock.playMs)
    const later = revisions.slice(played.length).map(dueFile)
    const soon = place < sessions ? withAccidents(place, played) : played.map(dueFile)
    yield { fromMs, items: [...soon, ...later] }
  }
}

/** Milliseconds since the epoch. The ends are spread evenly. Each that is played leaves time for its first file. */
function endOf({ clock, sessions }: PlayOptions, place: number): number {
  const caughtUpMs = clock.caughtUpAt.getTime()
  if (place >= sessions) return caughtUpMs + (place - sessions) * trickleMs
  const spanMs = caughtUpMs - clock.from.getTime() - exportMsMax
  return clock.from.getTime() + ((place + 1) * spanMs) / sessions
}
