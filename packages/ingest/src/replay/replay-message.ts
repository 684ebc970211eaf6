import type { Database } from '@aftercall/warehouse/connection/database'
import { endMessageRejection } from '@aftercall/warehouse/ledger/mark-rejections'
import type { RejectedMessage } from '@aftercall/warehouse/ledger/rejected-contents'
import { ingestRecords } from '../ingest-message.ts'
import type { Ingest } from '../ingest-types.ts'
import { countOutcome, type ReplayCounts } from './replay-counts.ts'

/** Reads a kept message by the rules of this release, and takes its objects through the path. */
export async function replayMessage(
  { ingest, db, replayCounts }: { ingest: Ingest; db: Database; replayCounts: ReplayCounts },
  { messageId, content, rejections }: RejectedMessage,
  signal: AbortSignal,
): Promise<void> {
  const message = { messageId, body: content.toString('utf8'), receiveCount: 1 }
  const outcomes = await ingestRecords(ingest, message, signal)
  for (const outcome of outcomes) countOutcome(replayCounts, outcome)
  if (outcomes.some(({ kind }) => kind === 'failed')) return
  for (const rejection of rejections) await endMessageRejection(db, rejection)
}
