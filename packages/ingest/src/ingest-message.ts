import { parseNotification } from '@aftercall/storage/notifications/notification'
import type {
  ObjectEvent,
  UnusableObjectEvent,
  UsableObjectEvent,
} from '@aftercall/storage/notifications/object-event'
import type { Disposition, ReceivedMessage } from '@aftercall/storage/queue/consume-queue'
import type { DeliveredMessage } from './delivery.ts'
import { dispositionOf } from './disposition.ts'
import { bytesToFetch } from './fetching/bytes-to-fetch.ts'
import { ingestObject } from './ingest-object.ts'
import type { Ingest } from './ingest-types.ts'
import type { Outcome } from './outcome.ts'
import { rejectMessage } from './reject-message.ts'
import { findSource } from './sources/find-source.ts'

/** Ingests one message of the queue. Each record of its notification ends by itself, and spoils no other (I5). */
export async function ingestMessage(
  ingest: Ingest,
  message: ReceivedMessage,
  signal: AbortSignal,
): Promise<Disposition> {
  const outcomes = await ingestRecords(ingest, message, signal)
  return dispositionOf(outcomes, message.receiveCount, ingest.random)
}

/** SQS takes no larger message (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html). */
const messageBytesMax = 1_048_576
/** S3 sends one record, a backfill 25. This many take minutes, and may then all come again. */
const recordsMax = 5_000

/**
 * How each record of the message ended. Records that name no object we could fetch end together, and a message that cannot be
 * read, or is too large, ends as one rejection.
 */
export async function ingestRecords(
  ingest: Ingest,
  message: DeliveredMessage,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const bodyBytes = Buffer.byteLength(message.body)
  if (bodyBytes > messageBytesMax) {
    const detail = `${bodyBytes} bytes, more than ${messageBytesMax}`
    return [await rejectMessage(ingest, message, { code: 'message_too_large', detail })]
  }
  const notification = parseNotification(message.body)
  switch (notification.kind) {
    case 'test-event':
      ingest.events.testEventReceived()
      return []
    case 'unreadable': {
      const problem = { code: `message_${notification.code}`, detail: notification.detail }
      return [await rejectMessage(ingest, message, problem)]
    }
    case 'objects': {
      const { records } = notification
      if (records.length > recordsMax) {
        const detail = `${records.length} records, more than ${recordsMax}`
        return [await rejectMessage(ingest, message, { code: 'message_too_many_records', detail })]
      }
      const [first] = records
      // S3 sends one.
      if (records.length === 1 && first !== undefined && first.kind !== 'unusable')
        return [await ingestRecord(ingest, message, first, signal)]
      const { usable, unusable } = partition(records)
      const rejection =
        unusable.length === 0 ? [] : [rejectMessage(ingest, message, describe(unusable, records.length))]
      const objects = usable.map((event) => ingestRecord(ingest, message, event, signal))
      return Promise.all([...rejection, ...objects])
    }
  }
}

/** With a permit, once the source of the object may have one more. */
function ingestRecord(
  ingest: Ingest,
  { messageId, receiveCount }: DeliveredMessage,
  event: UsableObjectEvent,
  signal: AbortSignal,
): Promise<Outcome> {
  const { sources, share, permits, limits } = ingest
  const work = () => ingestObject(ingest, { event, messageId, receiveCount }, signal)
  const source = event.kind === 'created' ? findSource(sources, event.ref) : undefined
  if (source === undefined) return permits.run(work)
  return share.run(source.name, bytesToFetch(event.ref, limits), () => permits.run(work))
}

function partition(records: readonly ObjectEvent[]): {
  usable: UsableObjectEvent[]
  unusable: UnusableObjectEvent[]
} {
  const usable: UsableObjectEvent[] = []
  const unusable: UnusableObjectEvent[] = []
  for (const record of records) {
    if (record.kind === 'unusable') unusable.push(record)
    else usable.push(record)
  }
  return { usable, unusable }
}

const positionsShown = 20
const reasonsShown = 3

/** One rejection for all of them, with the first positions and the first reasons. */
function describe(
  unusable: readonly UnusableObjectEvent[],
  records: number,
): { code: string; detail: string } {
  const positions = unusable.slice(0, positionsShown).map(({ position }) => position)
  const reasons = new Set<string>()
  for (const { detail } of unusable) if (reasons.size < reasonsShown) reasons.add(detail)
  const more = unusable.length > positions.length ? ' …' : ''
  const detail = `${unusable.length} of ${records} records: ${positions.join(', ')}${more}: ${[...reasons].join('; ')}`
  return { code: 'message_record_unusable', detail }
}
