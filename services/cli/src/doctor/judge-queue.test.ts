import type { QueueSettings } from '@aftercall/storage/queue/queue-settings'
import { expect, test } from 'vitest'
import { judgeQueue } from './judge-queue.ts'

const settings: QueueSettings = {
  arn: 'arn:aws:sqs:eu-west-1:1:live',
  policy: undefined,
  encryptionKey: undefined,
  visibilitySeconds: 30,
  retentionSeconds: 345_600,
  messageBytesMax: 1_048_576,
  redrive: { deadLetterArn: 'arn:aws:sqs:eu-west-1:1:dead', receivesMax: 5 },
}

function judge(changes: Partial<QueueSettings>, deadLetterSeconds = 1_209_600) {
  const results = judgeQueue({
    name: 'live',
    queue: { visibilitySeconds: 300 },
    settings: { ...settings, ...changes },
    deadLetters: { retentionSeconds: deadLetterSeconds },
  })
  return new Map(results.map((result) => [result.check, result]))
}

test('durations and sizes are printed in the units that people set them in', () => {
  const results = judge({})
  expect(results.get('queue message size')).toMatchObject({ level: 'ok', detail: '1 MiB' })
  expect(results.get('queue retention')).toMatchObject({ level: 'ok', detail: '4 days' })
  expect(results.get('dead-letter retention')).toMatchObject({
    level: 'ok',
    detail: '14 days since the message was first sent; the queue keeps messages 4 days',
  })
})

test('a limit that is too low is a problem, with the value to set', () => {
  const results = judge({ messageBytesMax: 1_500, retentionSeconds: 5_400 }, 3_600)
  expect(results.get('queue message size')).toMatchObject({
    level: 'problem',
    detail: '1,500 bytes',
    fix: 'set MaximumMessageSize to at least 65536 (64 KiB)',
  })
  expect(results.get('queue retention')).toMatchObject({
    level: 'problem',
    detail: '90 minutes',
    fix: 'set MessageRetentionPeriod to at least 345600 (4 days)',
  })
  expect(results.get('dead-letter retention')).toMatchObject({
    level: 'problem',
    detail: '1 hour since the message was first sent; the queue keeps messages 90 minutes',
    fix: 'set its MessageRetentionPeriod to 1209600 (14 days)',
  })
})
