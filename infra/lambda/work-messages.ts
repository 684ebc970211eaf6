import { setTimeout as wait } from 'node:timers/promises'
import { ingestMessage } from '@aftercall/ingest/ingest-message'
import type { Disposition } from '@aftercall/storage/queue/consume-queue'
import { z } from 'zod'
import { type LambdaWorker, openLambdaWorker } from './open-lambda-worker.ts'
import { reportRun } from './report-run.ts'
import { writeMetrics } from './write-metrics.ts'

/** The fields that are used of https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html. */
const eventSchema = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      receiptHandle: z.string(),
      body: z.string(),
      eventSourceARN: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().min(1) }),
    }),
  ),
})

type Message = z.output<typeof eventSchema>['Records'][number]

/** Lambda deletes the messages that are not listed (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html). */
export type BatchAnswer = { batchItemFailures: { itemIdentifier: string }[] }

/** The function answers this long before its time-out, and reports unfinished messages as failed. */
const answerMs = 5_000

/** Kept between invocations, while Lambda keeps the environment. */
let opening: Promise<LambdaWorker> | undefined

/** Loads objects as the worker does. A message is done only when each of its objects has ended (I1). */
export async function handler(
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<BatchAnswer> {
  opening ??= openLambdaWorker(process.env)
  const worker = await opening.catch((error: unknown) => {
    opening = undefined
    throw error
  })
  const { Records: messages } = eventSchema.parse(event)
  const timeout = new AbortController()
  const done = new AbortController()
  const timer = wait(Math.max(0, context.getRemainingTimeInMillis() - answerMs), undefined, {
    signal: done.signal,
  }).then(
    () => timeout.abort(new Error('the function ran out of time')),
    () => {},
  )
  const late = new Promise<'late'>((resolve) => {
    timeout.signal.addEventListener('abort', () => resolve('late'), { once: true })
  })
  try {
    const failed = await Promise.all(
      // A late object may still be committed; its message returns, and the object is then a duplicate.
      messages.map(async (message) =>
        isUndone(await Promise.race([follow(worker, message, timeout.signal), late])),
      ),
    )
    await worker.ingest.drift.flush().catch((error: unknown) => {
      worker.logger.warn({ error }, 'schema drift could not be counted')
    })
    return {
      batchItemFailures: messages
        .filter((_, position) => failed[position] === true)
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    }
  } finally {
    done.abort()
    await timer
    await reportRun(worker, messages[0]?.eventSourceARN ?? '')
    const isLive = messages.every(({ eventSourceARN }) => eventSourceARN !== worker.backfillQueueArn)
    await writeMetrics(worker, { isLive }, process.stdout)
  }
}

function follow({ ingest }: LambdaWorker, message: Message, signal: AbortSignal): Promise<Disposition> {
  const { messageId, receiptHandle, body, attributes } = message
  const receiveCount = attributes.ApproximateReceiveCount
  return ingestMessage(ingest, { messageId, receiptHandle, body, receiveCount }, signal)
}

function isUndone(ended: Disposition | 'late'): boolean {
  return ended === 'late' || ended.kind === 'return'
}
