import { type FaultProxy, type ProxiedAnswer, xmlErrorAnswer } from '@aftercall/testkit/http-fault-proxy'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readExpirations, readNotificationRules } from '../src/objects/bucket-settings.ts'
import { watchStoreClock } from '../src/objects/store-clock.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'

let aws: EmulatedAws
let proxy: FaultProxy

beforeAll(async () => {
  aws = await startEmulatedAws()
  proxy = aws.proxy
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'files' }))
})
afterAll(() => aws.stop())

function xml(body: string, headers: Record<string, string> = {}): ProxiedAnswer {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n${body}`
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body: Buffer.from(text) }
}

/** The settings of a bucket whose store answers like this. */
async function reading<Answer>(answer: ProxiedAnswer, read: () => Promise<Answer>): Promise<Answer> {
  proxy.setRule(async () => answer)
  return read().finally(() => proxy.setRule())
}

const rules = () => readNotificationRules(aws.s3, 'files')
const expirations = () => readExpirations(aws.s3, 'files')

test('notification rules are read with their targets, events, and filters', async () => {
  const answer = xml(`<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
    <QueueConfiguration>
      <Id>one</Id><Queue>arn:aws:sqs:eu-west-1:1:live</Queue><Event>s3:ObjectCreated:*</Event>
      <Filter><S3Key>
        <FilterRule><Name>Prefix</Name><Value>metadata/</Value></FilterRule>
        <FilterRule><Name>suffix</Name><Value>.json</Value></FilterRule>
      </S3Key></Filter>
    </QueueConfiguration>
    <TopicConfiguration>
      <Topic>arn:aws:sns:eu-west-1:1:files</Topic>
      <Event>s3:ObjectCreated:Put</Event><Event>s3:ObjectRemoved:*</Event>
    </TopicConfiguration>
    <EventBridgeConfiguration/>
  </NotificationConfiguration>`)
  expect(await reading(answer, rules)).toEqual({
    kind: 'rules',
    rules: [
      {
        target: { kind: 'queue', arn: 'arn:aws:sqs:eu-west-1:1:live' },
        events: ['s3:ObjectCreated:*'],
        prefix: 'metadata/',
        suffix: '.json',
      },
      {
        target: { kind: 'topic', arn: 'arn:aws:sns:eu-west-1:1:files' },
        events: ['s3:ObjectCreated:Put', 's3:ObjectRemoved:*'],
        prefix: '',
        suffix: '',
      },
      { target: { kind: 'eventbridge' }, events: ['s3:ObjectCreated:*'], prefix: '', suffix: '' },
    ],
  })
})

test('a bucket without notifications has no rules', async () => {
  const answer = xml('<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>')
  expect(await reading(answer, rules)).toEqual({ kind: 'rules', rules: [] })
})

test('a store that answers with a listing does not support notifications, which is not the same as no rules', async () => {
  expect(await rules()).toMatchObject({ kind: 'unreadable', reason: 'not_offered' })
})

test('a refusal is distinguished from a store without such settings', async () => {
  const denied = { kind: 'unreadable', reason: 'not_allowed' }
  expect(await reading(xmlErrorAnswer(403, 'AccessDenied'), rules)).toMatchObject(denied)
  expect(await reading(xmlErrorAnswer(403, 'AccessDenied'), expirations)).toMatchObject(denied)
  const absent = { kind: 'unreadable', reason: 'not_offered' }
  expect(await reading(xmlErrorAnswer(501, 'NotImplemented'), expirations)).toMatchObject(absent)
})

test('enabled rules that delete by age are read', async () => {
  const rule = (id: string, status: string, inside: string) =>
    `<Rule><ID>${id}</ID><Status>${status}</Status>${inside}</Rule>`
  const answer = xml(`<LifecycleConfiguration>
    ${rule('old', 'Enabled', '<Filter><Prefix>metadata/</Prefix></Filter><Expiration><Days>7</Days></Expiration>')}
    ${rule('off', 'Disabled', '<Filter/><Expiration><Days>1</Days></Expiration>')}
    ${rule('move', 'Enabled', '<Filter/><Transition><Days>3</Days><StorageClass>GLACIER</StorageClass></Transition>')}
  </LifecycleConfiguration>`)
  expect(await reading(answer, expirations)).toEqual({
    kind: 'expirations',
    expirations: [{ id: 'old', prefix: 'metadata/', days: 7 }],
  })
  expect(await expirations()).toEqual({ kind: 'expirations', expirations: [] })
})

test('the clock of the store is read from its answers', async () => {
  const clock = watchStoreClock(aws.s3)
  expect(clock.aheadMs()).toBeUndefined()
  const date = new Date(Date.now() + 3_600_000).toUTCString()
  await reading(xml('<NotificationConfiguration/>', { date }), rules)
  expect(clock.aheadMs()).toBeGreaterThan(3_590_000)
  expect(clock.aheadMs()).toBeLessThan(3_610_000)
})
