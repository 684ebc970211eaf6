import { parseNotification } from '@aftercall/storage/notification'
import type { ObjectEvent } from '@aftercall/storage/object-event'
import type { Disposition, ReceivedMessage } from '@aftercall/storage/queue'
import type { DeliveredMessage, Delivery } from './delivery.ts'
import { dispositionOf } from './disposition.ts'
import { findSource } from './find-source.ts'
import { type Ingest, ingestObject } from './ingest-object.ts'
import type { Outcome } from './outcome.ts'
import { rejectMessage } from './reject-message.ts'
import { bytesAnnounced } from './weigh-object.ts'

/** One message of the queue: every record of its notification goes its own way, none spoils another (I5). */
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
/** S3 sends one record, a backfill 25. So many are settled within minutes, and then may all come again. */
const recordsMax = 5_000

/** How each record of the message ended; a message that cannot be read, or is beyond bounds, is one that was rejected. */
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
      return Promise.all(
        records.map((event) => inItsShare(ingest, event, () => ingestEvent(ingest, message, event, signal))),
      )
    }
  }
}

/** In one of the places, once the source of the object may have one more. */
function inItsShare(
  { sources, share, slots, limits }: Ingest,
  event: ObjectEvent,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const source = event.kind === 'created' ? findSource(sources, event.ref) : undefined
  if (source === undefined || event.kind !== 'created') return slots.run(work)
  return share.run(source.name, bytesAnnounced(event.ref, limits), () => slots.run(work))
}

async function ingestEvent(
  ingest: Ingest,
  message: DeliveredMessage,
  event: ObjectEvent,
  signal: AbortSignal,
): Promise<Outcome> {
  if (event.kind === 'unusable') {
    const detail = `record ${event.position}: ${event.detail}`
    return rejectMessage(ingest, message, { code: 'message_record_unusable', detail })
  }
  const delivery: Delivery = { event, messageId: message.messageId, receiveCount: message.receiveCount }
  return ingestObject(ingest, delivery, signal)
}
