import type { MessageCounts } from '@aftercall/ingest/replay/drain-dead-letters'
import type { ReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import type { DrainEnd } from '@aftercall/storage/queue/drain-queue'
import type { QueueDepth } from '@aftercall/storage/queue/queue-depth'
import { formatReplay, line } from './print-replay.ts'

export type DrainedQueue = { url: string; end: DrainEnd['kind']; messages: MessageCounts; left: QueueDepth }

/** The summary for each queue, then for the objects that the messages announce. */
export function formatDeadLetters(
  queues: readonly DrainedQueue[],
  replayCounts: ReplayCounts,
  { end, dryRun }: { end: 'done' | 'stopped'; dryRun: boolean },
): string {
  const parts = queues.map((queue) => formatQueue(queue, dryRun))
  const objects =
    Object.keys(replayCounts.counts).length === 0 && end === 'done'
      ? []
      : [formatObjects(replayCounts, end, dryRun)]
  return [...parts, ...objects].join('\n')
}

function formatQueue({ url, end, messages, left }: DrainedQueue, dryRun: boolean): string {
  const { meant, done, returned } = messages
  const isReadElsewhere = left.inFlight > returned && !dryRun
  return [
    url,
    ...(dryRun ? [line(meant, 'messages match; nothing was changed')] : []),
    ...(dryRun ? [] : [line(done, 'messages replayed and deleted')]),
    ...(returned === 0 ? [] : [line(returned, 'messages failed again and stay in the queue')]),
    ...(messages.left === 0 ? [] : [line(messages.left, 'messages do not match and were left unchanged')]),
    ...(isReadElsewhere ? [line(left.inFlight, 'messages are in flight at another reader')] : []),
    ...(end === 'limit' ? ['  Stopped at --limit; there may be more messages.'] : []),
    ...(end === 'full'
      ? ['  Stopped because too many messages do not match: run it again with fewer filters.']
      : []),
  ].join('\n')
}

function formatObjects(replayCounts: ReplayCounts, end: 'done' | 'stopped', dryRun: boolean): string {
  if (!dryRun) return formatReplay(replayCounts, end)
  const sorted = Object.entries(replayCounts.counts).sort(([, left], [, right]) => right - left)
  return [
    'Their objects, by outcome in the ledger:',
    ...sorted.map(([name, number]) => line(number, name)),
  ].join('\n')
}
