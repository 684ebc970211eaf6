import type { Disposition, ReceivedMessage } from '@aftercall/storage/queue/consume-queue'
import { type DrainEnd, type DrainOptions, drainQueue } from '@aftercall/storage/queue/drain-queue'
import type { Database } from '@aftercall/warehouse/connection/database'
import { whenReachable } from '../bulk/when-reachable.ts'
import { ingestRecords } from '../ingest-message.ts'
import type { Ingest } from '../ingest-object.ts'
import { describeMessage, isMessageMeant, type MessageFilter } from './message-choice.ts'
import { addTo, countOutcome, type ReplayCounts } from './replay-counts.ts'

export type DeadLetters = Pick<
  DrainOptions,
  'client' | 'queueUrl' | 'visibilitySeconds' | 'limit' | 'events'
> & {
  ingest: Ingest
  db: Database
  filter: MessageFilter
  /** Whether messages are only counted. */
  dryRun: boolean
  replayCounts: ReplayCounts
  messages: MessageCounts
  /** Nothing more is begun then. */
  stopping: AbortSignal
  /** Breaks off what is under way. */
  signal: AbortSignal
}

/** `done`: gone from the queue; `returned`: at least one of its objects failed again; `left`: not meant. */
export type MessageCounts = { meant: number; done: number; returned: number; left: number }

/** Long enough that a run of some thousand messages does not meet it again. */
const returnSeconds = 30

/**
 * Takes each dead letter that is meant through the path once, as if it had just come. It is deleted when all its objects
 * ended in something other than `failed`, which is committed then (I1); else it stays where it is. Two runs at once
 * share the messages.
 */
export function drainDeadLetters(letters: DeadLetters): Promise<DrainEnd> {
  const { client, queueUrl, visibilitySeconds, limit, events, messages, stopping, signal } = letters
  const known = { db: letters.db, sources: letters.ingest.sources }
  return drainQueue({
    ...{ client, queueUrl, visibilitySeconds, limit, events },
    messagesInFlightMax: 100,
    signal: stopping,
    async isWanted(message) {
      const isMeant = await whenReachable(() => isMessageMeant(known, letters.filter, message), signal)
      if (!isMeant) messages.left += 1
      if (isMeant && letters.dryRun) await countKnown(letters, message)
      return isMeant && !letters.dryRun
    },
    handle: (message, held) => takeLetter(letters, message, AbortSignal.any([signal, held])),
  })
}

async function takeLetter(
  { ingest, replayCounts, messages }: DeadLetters,
  message: ReceivedMessage,
  signal: AbortSignal,
): Promise<Disposition> {
  messages.meant += 1
  const outcomes = await ingestRecords(ingest, message, signal)
  for (const outcome of outcomes) countOutcome(replayCounts, outcome)
  if (outcomes.some(({ kind }) => kind === 'failed')) {
    messages.returned += 1
    return { kind: 'return', delaySeconds: returnSeconds }
  }
  messages.done += 1
  return { kind: 'ack' }
}

async function countKnown(
  { db, ingest, replayCounts, messages }: DeadLetters,
  message: ReceivedMessage,
): Promise<void> {
  messages.meant += 1
  for (const { source, outcome, code } of await describeMessage({ db, sources: ingest.sources }, message)) {
    const end = [outcome ?? 'not in the ledger', ...(code === undefined ? [] : [code])].join(' ')
    addTo(replayCounts.counts, `${source ?? 'no source'}: ${end}`)
  }
}
