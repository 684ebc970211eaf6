import { ingestMessage } from '@aftercall/ingest/ingest-message'
import { withTimeout } from '@aftercall/runtime/limits/with-timeout'
import type { Disposition } from '@aftercall/storage/queue/consume-queue'
import { z } from 'zod'
import { type LambdaWorker, openLambdaWorker } from './open-lambda-worker.ts'
import { reportRun } from './report-run.ts'
import { writeMetrics } from './write-metrics.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html; what is not read stays out. */
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

/** Messages that are not named are deleted (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html). */
export type BatchAnswer = { batchItemFailures: { itemIdentifier: string }[] }

/** As long before the end of its time the function answers, with what has not ended as failed. */
const answerMs = 5_000

/** Lambda keeps it between invocations, as long as it keeps the environment. */
let opening: Promise<LambdaWorker> | undefined

/** The same path as the worker's. A message counts as done only when each of its objects is committed or settled (I1). */
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
  const timeoutMs = Math.max(0, context.getRemainingTimeInMillis() - answerMs)
  const onTimeout = (): 'late' => {
    timeout.abort(new Error('the function has run out of time'))
    return 'late'
  }
  try {
    const failed = await Promise.all(
      // A late one may still be committed; it comes again, and is then a duplicate.
      messages.map(async (message) =>
        isUndone(await withTimeout(follow(worker, message, timeout.signal), timeoutMs, onTimeout)),
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
