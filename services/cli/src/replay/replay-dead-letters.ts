import { drainDeadLetters, type MessageCounts } from '@aftercall/ingest/replay/drain-dead-letters'
import type { OpenReplay } from '@aftercall/ingest/replay/open-replay'
import { isAllWell } from '@aftercall/ingest/replay/replay-counts'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import { deadLetterUrlOf, readQueueSettings } from '@aftercall/storage/queue/queue-settings'
import { type CliContext, requireConfig, UsageError } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'

import { createDeadLetterEvents } from './dead-letter-events.ts'
import type { DeadLettersRequest, ReplayCommandOptions } from './parse-options.ts'
import { type DrainedQueue, formatDeadLetters } from './print-dead-letters.ts'
import type { ReplayEnded } from './print-replay.ts'

type LoggedReplay = OpenReplay & { logger: Logger }

type DeadLetterQueue = { url: string; visibilitySeconds: number }

const visibilitySecondsDefault = 60

/** Replays the matching messages of the dead-letter queues, one queue after the other. */
export async function replayDeadLetters(
  context: CliContext,
  options: ReplayCommandOptions,
  replay: LoggedReplay,
  request: DeadLettersRequest,
): Promise<ReplayEnded> {
  const queues = await findDeadLetterQueues(context, options, request)
  const drained: DrainedQueue[] = []
  let limit = request.limit
  for (const queue of queues) {
    if (limit === 0 || replay.stopping.stop.aborted) break
    const result = await drainQueue(context, queue, replay, { ...request, limit })
    drained.push(result)
    if (limit !== undefined) limit -= result.messages.meant
  }
  const { replayCounts, stopping } = replay
  const end = stopping.stop.aborted ? 'stopped' : 'done'
  const { dryRun } = request
  const isFull = drained.some((queue) => queue.end === 'full')
  const isWell = dryRun || (isAllWell(replayCounts) && !isFull)
  return {
    text:
      options.json === true
        ? formatJson({ end, dryRun, queues: drained, ...replayCounts })
        : formatDeadLetters(drained, replayCounts, { end, dryRun }),
    exit: stopping.stop.aborted ? 'failed' : isWell ? 'done' : 'doneInPart',
  }
}

async function drainQueue(
  { env }: CliContext,
  { url: queueUrl, visibilitySeconds }: DeadLetterQueue,
  { ingest, db, replayCounts, stopping, logger }: LoggedReplay,
  { filter, limit, dryRun }: DeadLettersRequest,
): Promise<DrainedQueue> {
  const client = createSqsClient({ queueUrl, env })
  const messages: MessageCounts = { meant: 0, done: 0, returned: 0, left: 0 }
  try {
    // Fails immediately if the URL or the access is wrong.
    await queueDepth(client, queueUrl)
    const end = await drainDeadLetters({
      client,
      queueUrl,
      visibilitySeconds,
      ingest,
      db,
      filter,
      limit,
      dryRun,
      replayCounts,
      messages,
      events: createDeadLetterEvents(logger),
      stopping: stopping.stop,
      signal: stopping.breakOff,
    })
    if (end.kind === 'failed') throw end.error
    return { url: queueUrl, end: end.kind, messages, left: await queueDepth(client, queueUrl) }
  } finally {
    client.destroy()
  }
}

/** The queue of --queue-url, or the dead-letter queues of the configured queues. */
async function findDeadLetterQueues(
  context: CliContext,
  options: ReplayCommandOptions,
  { queueUrl }: DeadLettersRequest,
): Promise<DeadLetterQueue[]> {
  if (queueUrl !== undefined) return [{ url: queueUrl, visibilitySeconds: visibilitySecondsDefault }]
  const { queues } = await requireConfig(context, options, ['database', 'queue', 'sources'])
  const found = new Map<string, DeadLetterQueue>()
  for (const queue of [queues.live, queues.backfill]) {
    if (queue === undefined) continue
    const client = createSqsClient({ queueUrl: queue.url, env: context.env })
    try {
      const { redrive } = await readQueueSettings(client, queue.url)
      if (redrive === null) continue
      const url = deadLetterUrlOf(queue.url, redrive.deadLetterArn)
      found.set(url, { url, visibilitySeconds: queue.visibilitySeconds })
    } finally {
      client.destroy()
    }
  }
  if (found.size > 0) return [...found.values()]
  throw new UsageError(
    'no configured queue has a redrive policy that names a dead-letter queue; name the queue with --queue-url URL',
  )
}
