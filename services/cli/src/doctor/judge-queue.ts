import { formatCount } from '@aftercall/operator/format/plural'
import type { QueueConfig } from '@aftercall/runtime/config/config'
import { isFifo, type QueueSettings } from '@aftercall/storage/queue/queue-settings'
import type { CheckResult } from './check-result.ts'

/** An S3 event message can reach 64 KB (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html). */
const messageBytesLeast = 65_536
const retentionSecondsLeast = 4 * 86_400
const receivesLeast = 3

export type QueueToJudge = {
  name: 'live' | 'backfill'
  queue: Pick<QueueConfig, 'visibilitySeconds'>
  settings: QueueSettings
  /** Undefined if there is no dead-letter queue, or it could not be read. */
  deadLetters: Pick<QueueSettings, 'retentionSeconds'> | undefined
}

/** Judges the settings of a queue and of its dead-letter queue. Pure. */
export function judgeQueue({ name, queue, settings, deadLetters }: QueueToJudge): CheckResult[] {
  const { redrive, messageBytesMax, retentionSeconds } = settings
  const called = prefixOf(name)
  const size = { value: messageBytesMax, least: messageBytesLeast, format: formatSize }
  const retention = { value: retentionSeconds, least: retentionSecondsLeast, format: formatAge }
  return [
    ...checkKind(`${called}queue kind`, settings.arn ?? ''),
    checkRedrive(`${called}dead-letter queue`, redrive),
    checkLimit(`${called}queue message size`, size, 'MaximumMessageSize'),
    checkLimit(`${called}queue retention`, retention, 'MessageRetentionPeriod'),
    {
      check: `${called}queue receives`,
      level: 'ok',
      detail: `the worker waits up to 20 seconds for messages and hides each for ${queue.visibilitySeconds} seconds, longer while it works on it; the queue's own settings do not matter`,
    },
    ...(deadLetters === undefined
      ? []
      : [
          checkDeadLetterRetention(
            `${called}dead-letter retention`,
            deadLetters.retentionSeconds,
            retentionSeconds,
          ),
        ]),
  ]
}

/** The prefix of a queue's check names. */
export function prefixOf(name: QueueToJudge['name']): string {
  return name === 'live' ? '' : 'backfill '
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
function checkKind(check: string, arn: string): CheckResult[] {
  if (!isFifo(arn)) return []
  const detail =
    'this is a FIFO queue: S3 cannot send to it, and a file that fails blocks the others in its message group'
  return [
    { check, level: 'problem', detail, fix: 'use a standard queue: the order of files does not matter' },
  ]
}

function checkRedrive(check: string, redrive: QueueSettings['redrive']): CheckResult {
  if (redrive === null) {
    const fix =
      'add a redrive policy to the queue: without one, a message that always fails is received again and again'
    return { check, level: 'problem', detail: 'none is configured', fix }
  }
  const detail = `after ${redrive.receivesMax} receives`
  if (redrive.receivesMax >= receivesLeast) return { check, level: 'ok', detail }
  const fix = `raise maxReceiveCount to at least ${receivesLeast}: every deployment uses up receives`
  return { check, level: 'notice', detail, fix }
}

function checkLimit(
  check: string,
  { value, least, format }: { value: number; least: number; format(value: number): string },
  attribute: string,
): CheckResult {
  const detail = format(value)
  if (value >= least) return { check, level: 'ok', detail }
  return { check, level: 'problem', detail, fix: `set ${attribute} to at least ${least} (${format(least)})` }
}

/**
 * A dead letter keeps the age of its message, so the time it waited in the queue counts
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html).
 */
function checkDeadLetterRetention(check: string, seconds: number, ofQueueSeconds: number): CheckResult {
  const detail = `${formatAge(seconds)} since the message was first sent; the queue keeps messages ${formatAge(ofQueueSeconds)}`
  const longest = 14 * 86_400
  if (seconds > ofQueueSeconds || seconds >= longest) return { check, level: 'ok', detail }
  const level = seconds < ofQueueSeconds ? 'problem' : 'notice'
  return { check, level, detail, fix: `set its MessageRetentionPeriod to ${longest} (${formatAge(longest)})` }
}

/** As the AWS console shows retention: in the largest whole unit. */
function formatAge(seconds: number): string {
  if (seconds % 86_400 === 0) return formatCount(seconds / 86_400, 'day')
  if (seconds % 3_600 === 0) return formatCount(seconds / 3_600, 'hour')
  return seconds % 60 === 0 ? formatCount(seconds / 60, 'minute') : formatCount(seconds, 'second')
}

/** Powers of 1,024, as SQS limits messages. */
function formatSize(bytes: number): string {
  if (bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MiB`
  return bytes % 1_024 === 0 ? `${bytes / 1_024} KiB` : formatCount(bytes, 'byte')
}
