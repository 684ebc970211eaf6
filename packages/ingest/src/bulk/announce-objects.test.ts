import { createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { parseNotification } from '@aftercall/storage/notifications/notification'
import { QueueCallError } from '@aftercall/storage/queue/queue-call-error'
import type { SendAnswer } from '@aftercall/storage/queue/send-messages'
import { expect, test } from 'vitest'
import { announceObjects } from './announce-objects.ts'

const objects = Array.from({ length: 612 }, (_, id) => ({ key: `a b+c/${id}%.json`, sizeBytes: id }))
const never = new AbortController().signal

function keysIn(body: string): string[] {
  const notification = parseNotification(body)
  if (notification.kind !== 'objects') throw new Error(notification.kind)
  return notification.records.map((record) => {
    if (record.kind !== 'created') throw new Error(record.kind)
    expect(record).toMatchObject({ eventName: 'ObjectCreated:Backfill' })
    // Nobody could tell lag from when an old object was written.
    expect(record).not.toHaveProperty('eventTime')
    return record.ref.key
  })
}

test('every object is announced once, in messages of S3, key for key', async () => {
  const sent: string[] = []
  const send = async (bodies: readonly string[]): Promise<SendAnswer[]> => {
    sent.push(...bodies)
    return bodies.map(() => ({ kind: 'sent' }))
  }
  const result = await announceObjects(
    { limit: createAdaptiveLimit({ inFlightMax: 2 }), bucket: 'files', send },
    objects,
    never,
  )
  expect(result).toEqual({ counts: { announced: 612 }, isComplete: true })
  expect(sent.flatMap(keysIn)).toEqual(objects.map(({ key }) => key))
  expect(sent.length).toBe(25)
})

test('I4 objects whose message the queue did not confirm count as failed, and have to be announced again', async () => {
  const place = { action: 'send' as const, queueUrl: 'http://queue/1' }
  const failed: SendAnswer = { kind: 'failed', error: new QueueCallError(place, new Error('no')) }
  const send = async (bodies: readonly string[]): Promise<SendAnswer[]> =>
    bodies.map((_, position) => (position === 1 ? failed : { kind: 'sent' }))
  const limit = createAdaptiveLimit({ inFlightMax: 2 })
  const result = await announceObjects({ limit, bucket: 'files', send }, objects.slice(0, 60), never)
  expect(result).toEqual({ counts: { announced: 35, failed: 25 }, isComplete: false })
})
