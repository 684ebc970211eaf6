import type { QueueConfig } from '@aftercall/runtime/config'
import { createSqsClient } from '@aftercall/storage/aws-clients'
import { deadLetterUrlOf } from '@aftercall/storage/dead-letter-url'
import { queueDepth } from '@aftercall/storage/queue-depth'
import { type QueueSettings, readQueueSettings } from '@aftercall/storage/queue-settings'
import type { Finding } from './finding.ts'

/** An event message of S3 can reach 64 KB (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html). */
const messageBytesLeast = 65_536
const retentionSecondsLeast = 4 * 86_400
const receivesLeast = 3

export type QueueReport = {
  findings: Finding[]
  /** Undefined for a queue out of reach. */
  settings: QueueSettings | undefined
}

type Client = ReturnType<typeof createSqsClient>

/** The reach, depth and settings of one of the queues and of its dead-letter queue, each with what to do. */
export async function checkQueue(
  name: 'live' | 'backfill',
  queue: QueueConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<QueueReport> {
  const called = name === 'live' ? '' : 'backfill '
  const client = createSqsClient({ queueUrl: queue.url, env })
  try {
    const { visible, inFlight, delayed } = await queueDepth(client, queue.url)
    const settings = await readQueueSettings(client, queue.url)
    const detail = `${visible} waiting, ${inFlight} in flight, ${delayed} delayed`
    const findings: Finding[] = [
      { check: `${called}queue`, level: 'ok', detail },
      ...checkSettings(called, queue, settings),
      ...(await checkDeadLetters(called, client, queue, settings)),
    ]
    return { findings, settings }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    const fix = `check queues.${name}.url, AWS access and sqs:GetQueueAttributes`
    return { findings: [{ check: `${called}queue`, level: 'problem', detail, fix }], settings: undefined }
  } finally {
    client.destroy()
  }
}

function checkSettings(called: string, queue: QueueConfig, settings: QueueSettings): Finding[] {
  const { redrive, messageBytesMax, retentionSeconds } = settings
  const size = { value: messageBytesMax, least: messageBytesLeast, unit: 'bytes' }
  const retention = { value: retentionSeconds, least: retentionSecondsLeast, unit: 'seconds' }
  return [
    checkRedrive(`${called}dead-letter queue`, redrive),
    checkLimit(`${called}queue message size`, size, 'MaximumMessageSize'),
    checkLimit(`${called}queue retention`, retention, 'MessageRetentionPeriod'),
    {
      check: `${called}queue receives`,
      level: 'ok',
      detail: `the worker asks for long polls of 20 s and a visibility of ${queue.visibilitySeconds} s itself, and renews it; those of the queue do not matter`,
    },
  ]
}

function checkRedrive(check: string, redrive: QueueSettings['redrive']): Finding {
  if (redrive === null) {
    const fix = 'give the queue a redrive policy: without one a message that always fails comes back for ever'
    return { check, level: 'problem', detail: 'there is none', fix }
  }
  const detail = `after ${redrive.receivesMax} receives`
  if (redrive.receivesMax >= receivesLeast) return { check, level: 'ok', detail }
  const fix = `raise maxReceiveCount to ${receivesLeast} or more: a deploy uses up receives`
  return { check, level: 'notice', detail, fix }
}

function checkLimit(
  check: string,
  { value, least, unit }: { value: number; least: number; unit: string },
  attribute: string,
): Finding {
  const detail = `${value} ${unit}`
  if (value >= least) return { check, level: 'ok', detail }
  return { check, level: 'problem', detail, fix: `set ${attribute} to ${least} or more` }
}

/** What is in the dead-letter queue, and whether it stays there long enough for somebody to look. */
async function checkDeadLetters(
  called: string,
  client: Client,
  queue: QueueConfig,
  { redrive, retentionSeconds }: QueueSettings,
): Promise<Finding[]> {
  if (redrive === null) return []
  const url = deadLetterUrlOf(queue.url, redrive.deadLetterArn)
  try {
    const { visible, inFlight } = await queueDepth(client, url)
    const settings = await readQueueSettings(client, url)
    return [
      checkWaiting(`${called}dead letters`, visible + inFlight),
      checkDeadLetterRetention(`${called}dead-letter retention`, settings.retentionSeconds, retentionSeconds),
    ]
  } catch (error) {
    const detail = `could not be counted: ${error instanceof Error ? error.message : String(error)}`
    const fix = 'allow sqs:GetQueueAttributes on the dead-letter queue, too'
    return [{ check: `${called}dead letters`, level: 'notice', detail, fix }]
  }
}

function checkWaiting(check: string, waiting: number): Finding {
  if (waiting === 0) return { check, level: 'ok', detail: 'none is waiting' }
  const fix = 'repair what made them fail, then: aftercall replay --dead-letters'
  return { check, level: 'notice', detail: `${waiting} are waiting`, fix }
}

/**
 * A dead letter is as old as its message: what it waited before is gone from its time
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html).
 */
function checkDeadLetterRetention(check: string, seconds: number, ofQueueSeconds: number): Finding {
  const detail = `${seconds} seconds, counted from when the message was first sent; the queue's are ${ofQueueSeconds}`
  const longest = 14 * 86_400
  if (seconds > ofQueueSeconds || seconds >= longest) return { check, level: 'ok', detail }
  const level = seconds < ofQueueSeconds ? 'problem' : 'notice'
  return { check, level, detail, fix: `set its MessageRetentionPeriod to ${longest}` }
}
