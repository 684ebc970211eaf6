import type { buildApp } from 'fauxqs'
import { type BucketNotification, type BucketNotifications, identify } from './bucket-notifications.ts'
import { accountId, type FauxqsStores } from './fauxqs-stores.ts'
import { formatTestEvent, region } from './s3-event.ts'

/**
 * Answers `GET` and `PUT /BUCKET?notification`, which fauxqs does not know
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html). As in S3, a `PUT` replaces all
 * rules of the bucket, and is refused as a whole if S3 may not send to one of the queues.
 */
export function answerNotificationRequests(
  app: ReturnType<typeof buildApp>,
  stores: FauxqsStores,
  notifications: BucketNotifications,
): void {
  app.addHook('preHandler', async (request, reply) => {
    const { bucket, '*': key = '' } = request.params as { bucket?: string; '*'?: string }
    const isAsked = Object.hasOwn((request.query ?? {}) as object, 'notification')
    if (bucket === undefined || key !== '' || !isAsked) return
    reply.type('application/xml')
    if (!stores.s3Store.hasBucket(bucket))
      return reply.status(404).send(errorXml('NoSuchBucket', 'The specified bucket does not exist'))
    if (request.method === 'GET') return reply.send(writeRules(bucket, notifications))
    if (request.method !== 'PUT') return
    const { queues, others } = readRules(bucket, String(request.body ?? ''))
    const targets = queues.map(({ queueName }) => stores.sqsStore.getQueueByArn(arnOf(queueName)))
    if (targets.some((queue) => queue?.attributes.Policy?.includes('s3.amazonaws.com') !== true)) {
      const message = 'Unable to validate the following destination configurations'
      return reply.status(400).send(errorXml('InvalidArgument', message))
    }
    notifications.replace(bucket, { queues, others })
    for (const queue of targets) if (queue) stores.enqueue(queue, formatTestEvent(bucket, new Date()), 0)
    return reply.send('')
  })
}

const queueElement = /<QueueConfiguration>([\s\S]*?)<\/QueueConfiguration>/g

function readRules(bucket: string, xml: string): { queues: BucketNotification[]; others: string } {
  const [, inner = ''] =
    /<NotificationConfiguration[^>]*>([\s\S]*)<\/NotificationConfiguration>/.exec(xml) ?? []
  const queues = [...inner.matchAll(queueElement)].map(([, text = '']) => readQueueRule(bucket, text))
  return { queues, others: inner.replaceAll(queueElement, '') }
}

function readQueueRule(bucket: string, xml: string): BucketNotification {
  const filters = [...xml.matchAll(/<FilterRule>([\s\S]*?)<\/FilterRule>/g)].map(([, text = '']) => text)
  const filterOf = (name: string): string => {
    const rule = filters.find((text) => valuesOf(text, 'Name')[0]?.toLowerCase() === name)
    return valuesOf(rule ?? '', 'Value')[0] ?? ''
  }
  const rule = {
    bucket,
    queueName: valuesOf(xml, 'Queue')[0]?.split(':').at(-1) ?? '',
    prefix: filterOf('prefix'),
    suffix: filterOf('suffix'),
    events: valuesOf(xml, 'Event'),
  }
  return { id: valuesOf(xml, 'Id')[0] ?? identify(rule), ...rule }
}

function valuesOf(xml: string, element: string): string[] {
  const pattern = new RegExp(`<${element}>([^<]*)</${element}>`, 'g')
  return [...xml.matchAll(pattern)].map(([, text = '']) => unescapeXml(text))
}

function writeRules(bucket: string, notifications: BucketNotifications): string {
  const { queues, others } = notifications.of(bucket)
  const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'
  const inner = `${queues.map(writeQueueRule).join('')}${others}`
  return `<NotificationConfiguration xmlns="${namespace}">${inner}</NotificationConfiguration>`
}

function writeQueueRule({ id, queueName, prefix, suffix, events }: BucketNotification): string {
  const filters = Object.entries({ Prefix: prefix, Suffix: suffix })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<FilterRule>${element('Name', name)}${element('Value', value)}</FilterRule>`)
  const filter = filters.length === 0 ? '' : `<Filter><S3Key>${filters.join('')}</S3Key></Filter>`
  const told = events.map((event) => element('Event', event)).join('')
  const rule = `${element('Id', id)}${element('Queue', arnOf(queueName))}${told}${filter}`
  return `<QueueConfiguration>${rule}</QueueConfiguration>`
}

function errorXml(code: string, message: string): string {
  return `<Error>${element('Code', code)}${element('Message', message)}</Error>`
}

function element(name: string, text: string): string {
  return `<${name}>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</${name}>`
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    return entities[name] ?? whole
  })
}

function arnOf(queueName: string): string {
  return `arn:aws:sqs:${region}:${accountId}:${queueName}`
}
