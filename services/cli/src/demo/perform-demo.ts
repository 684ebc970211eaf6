import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { openReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import type { CliContext } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { awaitExpected } from './await-expected.ts'
import { expecting, expectNothing, expectSession } from './expected.ts'
import { composeLandings, trickleMs } from './landings.ts'
import { createLiveClock } from './live-clock.ts'
import { loadHistory } from './load-history.ts'
import { playLandings } from './play-landings.ts'
import { formatSummary, readSummary } from './print-summary.ts'
import { showDemoProgress } from './show-progress.ts'
import { splitAt } from './split-at.ts'
import type { StartedDemo } from './start-demo.ts'

export type RunOptions = {
  /** Of the history, before the demo goes live. 0 for none. */
  days: number
  /** How many sessions end until the play has caught up with the real time. */
  sessions: number
  json: boolean
  /** Whether the demo stops at the end, so that nothing of it is left to look at. */
  stops: boolean
  now(): Date
  signal: AbortSignal
}

/** The history ends this long before the demo starts. The play shows the rest, with files that are rewritten. */
const catchUpMs = 30 * 60_000
/** Long enough to watch, short enough not to wait. */
const playMsMin = 5_000
const playMsMax = 30_000
const playMsPerSession = 25

/**
 * Loads the history, plays the sessions since then, waits until every file is loaded, and prints the summary. Then goes on in
 * real time until it is stopped, unless it stops by itself. Returns whether everything was as expected.
 */
export async function performDemo(
  context: CliContext,
  demo: StartedDemo,
  options: RunOptions,
): Promise<boolean> {
  const { days, sessions, signal, now } = options
  const until = new Date(now().getTime() - catchUpMs)
  const database = await openReadOnlySession({ url: demo.stack.databaseUrl })
  const client = createS3Client({ env: demo.env })
  try {
    const history = await loadHistory(context, demo, database, { days, until, signal })
    // Pages that show what maintenance has found show the history, too.
    await demo.maintain()
    const playMs = Math.min(playMsMax, Math.max(playMsMin, sessions * playMsPerSession))
    const clock = createLiveClock({ from: until, beginsAt: now(), playMs })
    const { plan, next: first, late } = history
    const { before, after } = splitAt(composeLandings({ plan, clock, first, sessions, late }), playMs)
    const expected = expectNothing()
    for (const session of history.sessions) expectSession(expected, session)
    for (const key of history.keys) expected.keys.add(key)
    const progress = showDemoProgress(context, { metrics: demo.metrics, sessions })
    const stage = { client, bucket: demo.bucket, signal, startedAt: performance.now() }
    try {
      await playLandings(expecting(expected, before), { ...stage, landed: progress.landed })
      const problems = await awaitExpected(demo, database, expected, signal)
      await progress.stop()
      const summary = await readSummary(demo, database, {
        history: {
          days,
          sessions: history.sessions.length,
          files: history.keys.length,
          seconds: history.seconds,
        },
        sessions,
        landed: progress.count(),
        seconds: (performance.now() - stage.startedAt) / 1000,
        problems,
        brokenOnPurpose: expected.rejectedKeys.size,
      })
      context.stdout.write(
        options.json ? `${formatJson(summary)}\n` : formatSummary(summary, demo.program, options),
      )
      if (options.stops) return problems.length === 0
    } finally {
      await progress.stop()
    }
    context.stderr.write(
      `\nThe demo keeps running: sessions end every ${trickleMs.first / 1_000} seconds, slowing to one every ${trickleMs.last / 1_000}, and their files are rewritten later. Press Ctrl-C to stop it.\n`,
    )
    await playLandings(after, { ...stage, landed() {} })
    return true
  } finally {
    await database.close()
    client.destroy()
  }
}
