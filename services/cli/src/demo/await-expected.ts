import { setTimeout as wait } from 'node:timers/promises'
import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import type { ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { checkDemo } from './check-demo.ts'
import type { Expected } from './expected.ts'
import type { StartedDemo } from './start-demo.ts'

/** If counts are still wrong and nothing has changed for this long, the demo has failed. */
const stallMs = 20_000

/** Waits until the queue is empty and every count is right; gives up when nothing changes. Returns what is wrong. */
export async function awaitExpected(
  demo: Pick<StartedDemo, 'queueUrl' | 'env'>,
  database: ReadOnlySession,
  expected: Expected,
  signal: AbortSignal,
): Promise<string[]> {
  const sqs = createSqsClient({ queueUrl: demo.queueUrl, env: demo.env })
  let lastChange = { state: '', atMs: performance.now() }
  try {
    for (;;) {
      const depth = await queueDepth(sqs, demo.queueUrl)
      const waiting = depth.visible + depth.inFlight + depth.delayed
      const isStalled = performance.now() - lastChange.atMs > stallMs
      // The check reads every session, so it waits for the queue.
      const problems = waiting === 0 || isStalled ? await checkDemo(database, expected) : []
      if (waiting === 0 && problems.length === 0) return []
      const state = JSON.stringify([depth, problems])
      if (isStalled)
        return [...problems, ...(waiting === 0 ? [] : [`${waiting} messages are still in the queue`])]
      if (state !== lastChange.state) lastChange = { state, atMs: performance.now() }
      await wait(250, undefined, { signal })
    }
  } finally {
    sqs.destroy()
  }
}
