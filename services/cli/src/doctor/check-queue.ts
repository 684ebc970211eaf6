import type { QueueConfig } from '@aftercall/runtime/config/config'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import {
  deadLetterUrlOf,
  type QueueSettings,
  readQueueSettings,
} from '@aftercall/storage/queue/queue-settings'
import type { CheckResult } from './check-result.ts'
import { judgeQueue, prefixOf } from './judge-queue.ts'

export type QueueReport = {
  results: CheckResult[]
  /** Undefined if the queue is unreachable. */
  settings: QueueSettings | undefined
}

type Client = ReturnType<typeof createSqsClient>

/** Checks that a queue and its dead-letter queue can be reached, their depths and their settings. */
export async function checkQueue(
  name: 'live' | 'backfill',
  queue: QueueConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<QueueReport> {
  const check = `${prefixOf(name)}queue`
  const client = createSqsClient({ queueUrl: queue.url, env })
  try {
    const { visible, inFlight, delayed } = await queueDepth(client, queue.url)
    const settings = await readQueueSettings(client, queue.url)
    const detail = `${visible} waiting, ${inFlight} in flight, ${delayed} delayed`
    const dead = await readDeadLetters(name, client, queue, settings)
    const results: CheckResult[] = [
      { check, level: 'ok', detail },
      ...judgeQueue({ name, queue, settings, deadLetters: dead.settings }),
      ...dead.results,
    ]
    return { results, settings }
  } catch (error) {
    const detail = describeError(error)
    const fix = `check queues.${name}.url, AWS access and sqs:GetQueueAttributes`
    return { results: [{ check, level: 'problem', detail, fix }], settings: undefined }
  } finally {
    client.destroy()
  }
}

/** The depth and settings of the dead-letter queue. */
async function readDeadLetters(
  name: 'live' | 'backfill',
  client: Client,
  queue: QueueConfig,
  { redrive }: QueueSettings,
): Promise<QueueReport> {
  if (redrive === null) return { results: [], settings: undefined }
  const check = `${prefixOf(name)}dead letters`
  const url = deadLetterUrlOf(queue.url, redrive.deadLetterArn)
  try {
    const { visible, inFlight } = await queueDepth(client, url)
    const settings = await readQueueSettings(client, url)
    return { results: [checkWaiting(check, visible + inFlight)], settings }
  } catch (error) {
    const detail = `could not be counted: ${describeError(error)}`
    const fix = 'allow sqs:GetQueueAttributes on the dead-letter queue, too'
    return { results: [{ check, level: 'notice', detail, fix }], settings: undefined }
  }
}

function checkWaiting(check: string, waiting: number): CheckResult {
  if (waiting === 0) return { check, level: 'ok', detail: 'none' }
  const fix = 'fix the cause, then load them: aftercall replay --dead-letters'
  return { check, level: 'notice', detail: waiting === 1 ? '1 is waiting' : `${waiting} are waiting`, fix }
}
