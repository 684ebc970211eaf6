import { parseNotification } from '@aftercall/storage/notifications/notification'
import { writeS3Notification } from '@aftercall/storage/notifications/write-s3-notification'
import type { ObjectRef } from '@aftercall/storage/objects/object-ref'
import { z } from 'zod'
import { keyProblem } from '../../../packages/storage/src/objects/object-key.ts'
import { must, type Target } from '../target.ts'
import { filesIn, wordsOf } from './fixtures.ts'

const storable = z.string().refine((text) => text.isWellFormed() && !text.includes('\0'))
const ref = z.strictObject({
  bucket: storable.min(1).max(255),
  key: storable.min(1),
  rawKey: z.string().optional(),
  versionId: z.string().max(1_024).optional(),
  etag: z.string().max(1_024).optional(),
  sequencer: z
    .string()
    .regex(/^[0-9A-Fa-f]{1,64}$/)
    .optional(),
  sizeBytes: z.int().nonnegative().optional(),
})
const record = z.union([
  z.strictObject({
    kind: z.enum(['created', 'removed', 'other']),
    ref,
    eventName: storable.max(200),
    eventTime: z.date().optional(),
  }),
  z.strictObject({ kind: z.literal('unusable'), detail: z.string().min(1), position: z.int().nonnegative() }),
])
const via = z.enum(['direct', 'sns'])
const notification = z.union([
  z.strictObject({
    kind: z.literal('objects'),
    format: z.enum(['s3', 'eventbridge']),
    via,
    records: z.array(record).min(1),
  }),
  z.strictObject({ kind: z.literal('test-event'), via, bucket: z.string().optional() }),
  z.strictObject({
    kind: z.literal('unreadable'),
    code: z.enum(['not_json', 'unknown_shape', 'no_records', 'sns_subscription']),
    detail: z.string().max(1_000),
  }),
])

/** The body of a queue message. */
export function message(): Target {
  const seeds = filesIn('packages/storage/test/fixtures')
  return {
    name: 'message',
    bytesMax: 65_536,
    form: 'json',
    seeds: () => seeds,
    words: [
      ...wordsOf(seeds),
      's3:TestEvent',
      '%00',
      '%2B',
      '%zz',
      '+',
      'ObjectCreated:Put',
      'Object Deleted',
    ],
    bound: {
      steps: { least: 20_000, perByte: 10 },
      allocated: { least: 1_000_000, perByte: 500 },
    },
    read(bytes) {
      const found = parseNotification(Buffer.from(bytes).toString())
      const parsed = notification.safeParse(found)
      must(
        parsed.success,
        `a notification has its own shape: ${z.prettifyError(parsed.error ?? new z.ZodError([]))}`,
      )
      if (found.kind === 'objects')
        checkRefs(found.records.flatMap((one) => (one.kind === 'created' ? [one.ref] : [])))
      return found
    },
  }
}

/** What we announce ourselves is read back as it was. */
function checkRefs(refs: readonly ObjectRef[]): void {
  for (const { key } of refs) must(keyProblem(key) === undefined, 'an object that is to be fetched has a key')
  // A quoted ETag loses its quotes when it is read, so one with two pairs of them is not the same again.
  const plain = refs
    .filter(({ etag }) => etag === undefined || !etag.startsWith('"'))
    .map(({ rawKey: _, ...one }) => one)
  if (plain.length === 0) return
  const again = parseNotification(writeS3Notification(plain))
  must(again.kind === 'objects', 'a notification that we write is one')
  const read = again.records.map((one) => {
    must(one.kind === 'created', 'an object that we announce can be used')
    const { rawKey: _, ...same } = one.ref
    return same
  })
  must(JSON.stringify(read) === JSON.stringify(plain), 'objects that we announce are read back as they were')
}
