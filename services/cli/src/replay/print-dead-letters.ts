import type { MessageCounts } from '@aftercall/ingest/replay/drain-dead-letters'
import type { ReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import type { DrainEnd } from '@aftercall/storage/queue/drain-queue'
import type { QueueDepth } from '@aftercall/storage/queue/queue-depth'
import { formatReplay, line } from './print-replay.ts'

export type DrainedQueue = { url: string; end: DrainEnd['kind']; messages: MessageCounts; left: QueueDepth }

/** What became of the messages of each queue, and of the objects they announce. */
export function formatDeadLetters(
  queues: readonly DrainedQueue[],
  tally: ReplayCounts,
  { end, dryRun }: { end: 'done' | 'stopped'; dryRun: boolean },
): string {
  const parts = queues.map((queue) => formatQueue(queue, dryRun))
  const objects =
    Object.keys(tally.counts).length === 0 && end === 'done' ? [] : [formatObjects(tally, end, dryRun)]
  return [...parts, ...objects].join('\n')
}

function formatQueue({ url, end, messages, left }: DrainedQueue, dryRun: boolean): string {
  const { meant, done, returned } = messages
  const held =
    left.inFlight > returned && !dryRun
      ? [line(left.inFlight, 'messages are held by another reader, for now')]
      : []
  return [
    url,
    ...(dryRun ? [line(meant, 'messages meant; nothing was changed')] : []),
    ...(dryRun ? [] : [line(done, 'messages done and deleted')]),
    ...(returned === 0 ? [] : [line(returned, 'messages failed again: they stay')]),
    ...(messages.left === 0 ? [] : [line(messages.left, 'messages not meant: left as they were')]),
    ...held,
    ...(end === 'limit' ? ['  --limit was reached; there may be more'] : []),
    ...(end === 'full'
      ? ['  too many messages are not meant to look further: run it with fewer filters']
      : []),
  ].join('\n')
}

function formatObjects(tally: ReplayCounts, end: 'done' | 'stopped', dryRun: boolean): string {
  if (!dryRun) return formatReplay(tally, end)
  const sorted = Object.entries(tally.counts).sort(([, one], [, other]) => other - one)
  return [
    'Their objects, as the ledger knows them:',
    ...sorted.map(([name, number]) => line(number, name)),
  ].join('\n')
}
