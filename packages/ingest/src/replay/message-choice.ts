import { parseNotification } from '@aftercall/storage/notifications/notification'
import type { ReceivedMessage } from '@aftercall/storage/queue/consume-queue'
import type { Database } from '@aftercall/warehouse/connection/database'
import { lookUpObjects } from '@aftercall/warehouse/ledger/ledger-lookup'
import { findSource, type Source } from '../sources/find-source.ts'

/** Which messages to replay. Every filter narrows the choice, and a message is chosen when one of its objects is. */
export type MessageFilter = {
  source?: string | undefined
  /** A bucket, and the beginning of the key. */
  place?: { bucket: string; key: string } | undefined
  /** The object's code in the ledger, or the reason why the message cannot be read. */
  code?: string | undefined
  /** When the message was sent: from `since` up to, not including, `until`. For a dead letter, when it was first sent. */
  since?: Date | undefined
  until?: Date | undefined
}

/** An object of a message, or the whole message, with what the ledger knows about it. */
export type KnownRecord = {
  place: { bucket: string; key: string } | undefined
  source: string | undefined
  outcome: string | undefined
  code: string | undefined
}

export async function isMessageChosen(
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

/** What the ledger knows about the objects of a message. */
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
      const source = findSource(sources, { bucket, key })
      const ofObject = { name: source?.name ?? '', bucket, settings: source?.settings }
      const known = (await lookUpObjects(db, ofObject, [key])).get(key)
      return {
        place: { bucket, key },
        source: source?.name,
        outcome: known?.outcome,
        code: known?.code ?? undefined,
      }
    }),
  )
}
