import type { SampleSession } from '@aftercall/samples/make-sample'
import { type HistoryPlan, historySession, sessionFirstWritten } from '@aftercall/samples/sample-history'
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

/** Between the first files of two sessions, after the play. */
export const trickleMs = 2_000
/** One session in three ended a while ago, so that its file is rewritten while the play catches up; the others end now. */
const endedBeforeEvery = 3

/**
 * A simulated contact center without an end: sessions end one after the other, their files land and are rewritten later, as
 * wrap-up, rating and feedback arrive. Made on demand, in order of time.
 */
export function* composeLandings(options: PlayOptions): Generator<Landing, void, void> {
  for (const { make } of inOrderOfTime(simulateBatches(options))) yield make()
}

function* simulateBatches(options: PlayOptions): Generator<TimedBatch<DueFile>, void, void> {
  const { plan, clock, first, sessions, late } = options
  const items = late.map(({ number, revision, exportedAt }) => {
    const atMs = clock.caughtUp.demoMsOf(exportedAt)
    return dueFile({ atMs, revision, session: () => historySession(plan, number) })
  })
  yield { fromMs: 0, items }
  const withAccidents = createAccidents()
  for (let place = 0; ; place += 1) {
    const isPlayed = place < sessions
    const landsMs = isPlayed
      ? place * (clock.playMs / sessions)
      : clock.playMs + (place - sessions + 1) * trickleMs
    const scale = isPlayed && place % endedBeforeEvery === 0 ? clock.caughtUp : clock.live
    const make = (): SampleSession =>
      sessionFirstWritten(plan, first + place, scale.timeAt(landsMs).getTime())
    const made = make()
    const revisions = made.revisions.map(({ exportedAt }, revision) => {
      const atMs = Math.max(0, scale.demoMsOf(exportedAt))
      return { atMs, revision, session: atMs <= clock.playMs ? () => made : make }
    })
    const played = revisions.filter(({ atMs }) => atMs <= clock.playMs)
    const later = revisions.slice(played.length).map(dueFile)
    const soon = isPlayed ? withAccidents(place, played) : played.map(dueFile)
    // A file is written up to a second before the time that it is made for.
    yield { fromMs: Math.max(0, landsMs - 1_000), items: [...soon, ...later] }
  }
}
