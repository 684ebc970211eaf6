import type { QueueConfig } from '@aftercall/runtime/config'
import { createSqsClient } from '@aftercall/storage/aws-clients'
import { queueDepth } from '@aftercall/storage/queue-depth'
import { readQueueSettings } from '@aftercall/storage/queue-settings'
import type { Finding } from './finding.ts'

/** An event message of S3 can reach 64 KB (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html). */
const messageBytesLeast = 65_536
const retentionSecondsLeast = 4 * 86_400
const receivesLeast = 3

/** The reach, depth and settings of one of the queues, each with what to do. */
export async function checkQueue(
  name: 'live' | 'backfill',
  queue: QueueConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Finding[]> {
  const called = name === 'live' ? '' : 'backfill '
  const client = createSqsClient({ queueUrl: queue.url, env })
  try {
    const depth = await queueDepth(client, queue.url)
    const settings = await readQueueSettings(client, queue.url)
    const { visible, inFlight, delayed } = depth
    return [
      {
        check: `${called}queue`,
        level: 'ok',
        detail: `${visible} waiting, ${inFlight} in flight, ${delayed} delayed`,
      },
      checkRedrive(`${called}dead-letter queue`, settings.redrive),
      checkLimit(
        `${called}queue message size`,
        settings.messageBytesMax,
        messageBytesLeast,
        'bytes',
        'MaximumMessageSize',
      ),
      checkLimit(
        `${called}queue retention`,
        settings.retentionSeconds,
        retentionSecondsLeast,
        'seconds',
        'MessageRetentionPeriod',
      ),
    ]
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return [
      {
        check: `${called}queue`,
        level: 'problem',
        detail,
        fix: `check queues.${name}.url, AWS access and sqs:GetQueueAttributes`,
      },
    ]
  } finally {
    client.destroy()
  }
}

function checkRedrive(check: string, redrive: { receivesMax: number } | null): Finding {
  if (redrive === null) {
    const fix = 'give the queue a redrive policy: without one a message that always fails comes back for ever'
    return { check, level: 'problem', detail: 'there is none', fix }
  }
  const detail = `after ${redrive.receivesMax} receives`
  if (redrive.receivesMax >= receivesLeast) return { check, level: 'ok', detail }
  return {
    check,
    level: 'notice',
    detail,
    fix: `raise maxReceiveCount to ${receivesLeast} or more: a deploy uses up receives`,
  }
}

function checkLimit(check: string, value: number, least: number, unit: string, attribute: string): Finding {
  const detail = `${value} ${unit}`
  if (value >= least) return { check, level: 'ok', detail }
  return { check, level: 'problem', detail, fix: `set ${attribute} to ${least} or more` }
}
