import type { NotificationRule } from '@aftercall/storage/objects/bucket-settings'
import { expect, test } from 'vitest'
import { arnOfBucket } from '../src/doctor/arn-of-bucket.ts'
import { checkClock } from '../src/doctor/check-clock.ts'
import { checkNotifications } from '../src/doctor/check-notifications.ts'

const arn = 'arn:aws:sqs:eu-west-1:1:live'
const source = { name: 'acme', bucket: 'files', prefix: 'metadata/' }

function rule(changes: Partial<NotificationRule> = {}): NotificationRule {
  return {
    target: { kind: 'queue', arn },
    events: ['s3:ObjectCreated:*'],
    prefix: '',
    suffix: '',
    ...changes,
  }
}

function policy(statement: object = {}): string {
  return JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:*:*:files' } },
        ...statement,
      },
    ],
  })
}

function check(
  rules: NotificationRule[],
  queue: { policy?: string | undefined; encryptionKey?: string } = {},
) {
  const settings = { arn, policy: policy(), encryptionKey: undefined, ...queue }
  return checkNotifications(source, { kind: 'rules', rules }, settings)
}

test('one rule that covers prefix, .json and .txt is fine, and so are two that cover them together', () => {
  const levels = (rules: NotificationRule[]) => check(rules).map(({ level }) => level)
  expect(levels([rule()])).toEqual(['ok', 'ok'])
  expect(levels([rule({ prefix: 'metadata/' })])).toEqual(['ok', 'ok'])
  expect(levels([rule({ suffix: '.json' }), rule({ suffix: '.txt' })])).toEqual(['ok', 'ok'])
  const single = ['Put', 'Copy', 'CompleteMultipartUpload'].map((kind) => `s3:ObjectCreated:${kind}`)
  expect(levels([rule({ events: single })])).toEqual(['ok', 'ok'])
})

test.each<[string, NotificationRule[], string, string]>([
  ['no rule', [], 'problem', 'does not announce'],
  ['a rule for removals only', [rule({ events: ['s3:ObjectRemoved:*'] })], 'problem', 'does not announce'],
  ['another queue', [rule({ target: { kind: 'queue', arn: `${arn}-old` } })], 'problem', `${arn}-old`],
  ['a narrower prefix', [rule({ prefix: 'metadata/2026/' })], 'problem', '"metadata/2026/"'],
  ['another prefix', [rule({ prefix: 'recordings/' })], 'problem', '"recordings/"'],
  ['.txt only', [rule({ suffix: '.txt' })], 'problem', '.json files are not'],
  ['.json only', [rule({ suffix: '.json' })], 'notice', '.txt files are not'],
  ['uploads in one part only', [rule({ events: ['s3:ObjectCreated:Put'] })], 'notice', 'Copy or Complete'],
  ['copies only', [rule({ events: ['s3:ObjectCreated:Copy'] })], 'problem', 'Put'],
])('%s leaves files unannounced, and the result says which', (_what, rules, level, detail) => {
  expect(check(rules)).toEqual([
    {
      check: 'source acme: notifications',
      level,
      detail: expect.stringContaining(detail),
      fix: expect.stringContaining(`to ${arn}`),
    },
  ])
})

test.each<[string, string | undefined]>([
  ['no policy', undefined],
  [
    'a policy for another bucket',
    policy({ Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::other' } } }),
  ],
  ['a policy for another service', policy({ Principal: { Service: 'sns.amazonaws.com' } })],
  ['a policy for receiving', policy({ Action: ['sqs:ReceiveMessage'] })],
  ['a policy that denies', policy({ Effect: 'Deny' })],
  ['no JSON', '{'],
])('with %s, S3 cannot send, and the result says what to allow', (_what, text) => {
  expect(check([rule()], { policy: text })[1]).toMatchObject({
    check: 'source acme: queue policy',
    level: 'problem',
    fix: expect.stringContaining('allow sqs:SendMessage to s3.amazonaws.com'),
  })
})

test('a topic and EventBridge send under their own names, and their forwarding is not checked', () => {
  const topic = rule({ target: { kind: 'topic', arn: 'arn:aws:sns:eu-west-1:1:files' } })
  const [notifications, sender] = check([topic], {
    policy: policy({ Principal: { Service: ['sns.amazonaws.com'] }, Action: 'SQS:*' }),
  })
  expect(notifications).toMatchObject({ level: 'ok', detail: expect.stringContaining('is not checked') })
  expect(sender).toMatchObject({ level: 'ok', detail: 'sns.amazonaws.com may send' })
  expect(check([rule({ target: { kind: 'eventbridge' } })])[1]).toMatchObject({ level: 'problem' })
})

test('no service can send to a queue that uses the AWS managed key', () => {
  expect(check([rule()], { encryptionKey: 'alias/aws/sqs' })[1]).toMatchObject({ level: 'problem' })
})

test('settings that cannot be read are a notice that names the permission, never a problem', () => {
  const queue = { arn, policy: undefined, encryptionKey: undefined }
  const denied = { kind: 'unreadable', reason: 'not_allowed', detail: 'AccessDenied' } as const
  expect(checkNotifications(source, denied, queue)).toMatchObject([
    { level: 'notice', fix: expect.stringContaining('s3:GetBucketNotification') },
  ])
})

test.each([
  [400, 'ok', 'in sync'],
  [-40_000, 'notice', '40 s behind'],
  [600_000, 'problem', '600 s ahead of'],
])('a clock that is %i ms ahead is %s', (aheadMs, level, detail) => {
  expect(checkClock([{ place: 'database', aheadMs }])).toMatchObject({
    level,
    detail: expect.stringContaining(`database: ${detail}`),
  })
})

test.each([
  ['aws-cn', 's3.amazonaws.com.cn'],
  ['aws-us-gov', 's3.amazonaws.com'],
])('a queue of the partition %s is judged by the ARNs of that partition', (partition, service) => {
  const queueArn = `arn:${partition}:sqs:cn-north-1:1:live`
  const condition = { ArnEquals: { 'aws:SourceArn': `arn:${partition}:s3:::files` } }
  const settings = {
    arn: queueArn,
    policy: policy({ Principal: { Service: service }, Condition: condition }),
    encryptionKey: undefined,
  }
  const rules = [rule({ target: { kind: 'queue', arn: queueArn } })]
  const levels = (queue: typeof settings) =>
    checkNotifications(source, { kind: 'rules', rules }, queue).map(({ level, fix }) => [level, fix])
  expect(levels(settings)).toEqual([
    ['ok', undefined],
    ['ok', undefined],
  ])
  const [, refused] = levels({ ...settings, policy: policy() })
  expect(refused).toEqual(['problem', expect.stringContaining(`for arn:${partition}:s3:::files`)])
})

test('the ARN of a bucket is in the partition of its Region', () => {
  expect(arnOfBucket('files', 'eu-west-1')).toBe('arn:aws:s3:::files')
  expect(arnOfBucket('files', 'us-gov-west-1')).toBe('arn:aws-us-gov:s3:::files')
  expect(arnOfBucket('files', undefined)).toBe('arn:aws:s3:::files')
  const accessPoint = 'arn:aws:s3:eu-west-1:1:accesspoint/ap'
  expect(arnOfBucket(accessPoint, undefined)).toBe(accessPoint)
})
