import { parseNotification } from '@aftercall/storage/notifications/notification'
import type { ReceivedMessage } from '@aftercall/storage/queue/consume-queue'
import type { Database } from '@aftercall/warehouse/connection/database'
import { lookUpObjects } from '@aftercall/warehouse/ledger/ledger-lookup'
import { findSource, type Source } from '../sources/find-source.ts'

/** Which messages are meant; every filter narrows. A message is meant when one of its objects is. */
export type MessageFilter = {
  source?: string | undefined
  /** A bucket, and what the key begins with. */
  place?: { bucket: string; key: string } | undefined
  /** The ledger's code of the object, or the reason why the message cannot be read. */
  code?: string | undefined
  /** Sent at this time or later, and before the other. Of a dead letter: to the queue that it failed on. */
  since?: Date | undefined
  until?: Date | undefined
}

/** An object of a message, or the message, with what is known of it. */
export type KnownRecord = {
  place: { bucket: string; key: string } | undefined
  source: string | undefined
  outcome: string | undefined
  code: string | undefined
}

export async function isMessageMeant(
  { db, sources }: { db: Database; sources: readonly Source[] },
  filter: MessageFilter,
  message: ReceivedMessage,
): Promise<boolean> {
  const { since, until, source, place, code } = filter
  const { sentAt } = message
  if (since !== undefined && (sentAt === undefined || sentAt < since)) return false
  if (until !== undefined && (sentAt === undefined || sentAt >= until)) return false
  if (source === undefined && place === undefined && code === undefined) return true
  const records = await describeMessage({ db, sources }, message)
  return records.some(
    (one) =>
      (source === undefined || one.source === source) &&
      (place === undefined || isBelow(one.place, place)) &&
      (code === undefined || one.code === code),
  )
}

function isBelow(one: KnownRecord['place'], place: { bucket: string; key: string }): boolean {
  return one?.bucket === place.bucket && one.key.startsWith(place.key)
}

/** What the ledger knows of the objects that a message announces. */
export async function describeMessage(
  { db, sources }: { db: Database; sources: readonly Source[] },
  message: ReceivedMessage,
): Promise<KnownRecord[]> {
  const unknown = { place: undefined, source: undefined, outcome: undefined, code: undefined }
  const notification = parseNotification(message.body)
  if (notification.kind === 'test-event') return [{ ...unknown, outcome: 'test event' }]
  if (notification.kind === 'unreadable') {
    return [{ ...unknown, outcome: 'unreadable', code: `message_${notification.code}` }]
  }
  return Promise.all(
    notification.records.map(async (record) => {
      if (record.kind === 'unusable')
        return { ...unknown, outcome: 'unreadable', code: 'message_record_unusable' }
      const { bucket, key } = record.ref
      const known = (await lookUpObjects(db, bucket, [key])).get(key)
      const source = findSource(sources, { bucket, key })?.name
      return { place: { bucket, key }, source, outcome: known?.outcome, code: known?.code ?? undefined }
    }),
  )
}
