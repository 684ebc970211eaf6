import { setTimeout as wait } from 'node:timers/promises'
import { createS3Client, createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import { openReadOnlySession, type ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import type { CliContext } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { checkDemo } from './check-demo.ts'
import { composePlay, type Play } from './landings.ts'
import { playLandings } from './play-landings.ts'
import { formatSummary, readSummary } from './print-summary.ts'
import { showDemoProgress } from './show-progress.ts'
import type { StartedDemo } from './start-demo.ts'

/** `stops`: the demo stops at the end, so that nothing of it is left to look at. */
export type RunOptions = { sessions: number; json: boolean; stops: boolean; signal: AbortSignal }

/** Long enough to watch, short enough not to wait. */
const playMsMin = 5_000
const playMsMax = 30_000
const playMsPerSession = 25
/** If counts are still wrong and nothing has changed for this long, the demo has failed. */
const stallMs = 20_000

/** Plays the sessions, waits until every file is loaded, and prints the summary. True if everything is as expected. */
export async function performDemo(
  context: CliContext,
  demo: StartedDemo,
  options: RunOptions,
): Promise<boolean> {
  const { sessions, signal } = options
  const startedAt = performance.now()
  const playMs = Math.min(playMsMax, Math.max(playMsMin, sessions * playMsPerSession))
  const play = composePlay({ sessions, seed: 'aftercall', beginsAtMs: Date.now(), playMs })
  const progress = showDemoProgress(context, { metrics: demo.metrics, sessions })
  const client = createS3Client({ env: demo.env })
  const database = await openReadOnlySession({ url: demo.stack.databaseUrl })
  try {
    await playLandings(play.landings, { client, bucket: demo.bucket, signal, landed: progress.landed })
    const problems = await waitForExpected(demo, database, play, signal)
    await progress.stop()
    const seconds = (performance.now() - startedAt) / 1000
    const summary = await readSummary(demo, database, {
      sessions,
      landed: progress.count(),
      seconds,
      problems,
      brokenOnPurpose: play.expected.rejectedKeys.size,
    })
    context.stdout.write(
      options.json ? `${formatJson(summary)}\n` : formatSummary(summary, demo.program, options),
    )
    return problems.length === 0
  } finally {
    await progress.stop()
    await database.close()
    client.destroy()
  }
}

/** Waits until the queue is empty and every count is right; gives up when nothing changes. */
async function waitForExpected(
  demo: StartedDemo,
  database: ReadOnlySession,
  { expected }: Play,
  signal: AbortSignal,
): Promise<string[]> {
  const sqs = createSqsClient({ queueUrl: demo.queueUrl, env: demo.env })
  let lastChange = { state: '', atMs: performance.now() }
  try {
    for (;;) {
      const depth = await queueDepth(sqs, demo.queueUrl)
      const waiting = depth.visible + depth.inFlight + depth.delayed
      const problems = await checkDemo(database, expected)
      if (waiting === 0 && problems.length === 0) return []
      const state = JSON.stringify([depth, problems])
      if (state !== lastChange.state) lastChange = { state, atMs: performance.now() }
      if (performance.now() - lastChange.atMs > stallMs) {
        return [...problems, ...(waiting === 0 ? [] : [`${waiting} messages are still in the queue`])]
      }
      await wait(250, undefined, { signal })
    }
  } finally {
    sqs.destroy()
  }
}
