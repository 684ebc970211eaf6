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

/** Between the first files of two sessions, after the play: soon, so that one sees them, and ever more slowly. */
export const trickleMs = { first: 2_000, last: 30_000 }
const trickleGrowth = 1.1
/** How many gaps grow until one is as long as the last. */
const growingGaps = Math.round(Math.log(trickleMs.last / trickleMs.first) / Math.log(trickleGrowth))
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
      : clock.playMs + trickledMs(place - sessions + 1)
    // A file is written up to a second before the time that it is made for. The few that are older land late.
    const fromMs = Math.max(0, landsMs - 1_000)
    const scale = isPlayed && place % endedBeforeEvery === 0 ? clock.caughtUp : clock.live
    const make = (): SampleSession =>
      sessionFirstWritten(plan, first + place, scale.timeAt(landsMs).getTime())
    const made = make()
    const revisions = made.revisions.map(({ exportedAt }, revision) => {
      const atMs = Math.max(fromMs, scale.demoMsOf(exportedAt))
      return { atMs, revision, session: atMs <= clock.playMs ? () => made : make }
    })
    const played = revisions.filter(({ atMs }) => atMs <= clock.playMs)
    const later = revisions.slice(played.length).map(dueFile)
    const soon = isPlayed ? withAccidents(place, played) : played.map(dueFile)
    yield { fromMs, items: [...soon, ...later] }
  }
}

/**
 * From the end of the play to the first file of a session after it, counted from 1. In proportion to a history of 50 sessions
 * a day: the first hour has about 140.
 */
function trickledMs(count: number): number {
  const growing = Math.min(count, growingGaps)
  const grownMs = (trickleMs.first * (trickleGrowth ** growing - 1)) / (trickleGrowth - 1)
  return grownMs + (count - growing) * trickleMs.last
}
