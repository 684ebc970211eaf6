import { commitSettlement } from './commit-settlement.ts'
import type { DeliveredMessage } from './delivery.ts'
import type { Ingest } from './ingest-object.ts'
import type { Outcome } from './outcome.ts'

/** A message that names no object we could fetch is kept like an object that cannot be used: with its reason. */
export async function rejectMessage(
  ingest: Ingest,
  message: DeliveredMessage,
  problem: { code: string; detail: string },
): Promise<Outcome> {
  const outcome = await commitSettlement(ingest, {
    kind: 'rejected',
    object: null,
    rejections: [
      {
        source: null,
        bucket: null,
        objectKey: null,
        versionId: null,
        messageId: message.messageId,
        code: problem.code,
        detail: problem.detail,
        content: Buffer.from(message.body, 'utf8'),
      },
    ],
  })
  ingest.events.messageEnded(message, outcome)
  if (outcome.kind === 'failed' && outcome.stop !== undefined) ingest.mustStop(outcome.stop)
  return outcome
}
