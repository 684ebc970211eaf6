import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { pause } from '../aws/pause.ts'
import { batchEntriesMax, callTimeoutMs, readFailures } from './batch-calls.ts'
import { QueueCallError } from './queue-call-error.ts'

export type SendAnswer = { kind: 'sent' } | { kind: 'failed'; error: QueueCallError }

export type SendOptions = { signal?: AbortSignal | undefined }

/**
 * The sum of all bodies in one call. SQS allows 1 MiB
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html); the limit
 * before that still applies in emulators and in queues that are configured with it.
 */
const batchBytesMax = 262_144
const attemptsMax = 4
const retryBackoff = { baseMs: 100, capMs: 2_000 }

/**
 * Sends any number of bodies in batches, one after the other, and returns one answer for each, in order. Retries throttled
 * and unanswered calls, so a body may arrive twice. Never rejects.
 */
export async function sendMessages(
  client: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  options: SendOptions = {},
): Promise<SendAnswer[]> {
  const answers: SendAnswer[] = []
  for (const batch of splitIntoBatches(bodies)) {
    answers.push(...(await sendWithRetries(client, queueUrl, batch, options.signal)))
  }
  return answers
}

async function sendWithRetries(
  client: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<SendAnswer[]> {
  const answers: SendAnswer[] = []
  let open = bodies.map((_, position) => position)
  for (let attempt = 1; open.length > 0 && attempt <= attemptsMax; attempt++) {
    if (attempt > 1) await pause(backoffMs(attempt + 1, retryBackoff), signal)
    const given = await sendBatch(
      client,
      queueUrl,
      open.map((position) => bodies[position] ?? ''),
      signal,
    )
    for (const [index, position] of open.entries()) {
      const answer = given[index]
      if (answer !== undefined) answers[position] = answer
    }
    if (signal.aborted) break
    open = open.filter((position) => mayPassLater(answers[position]))
  }
  return answers
}

function mayPassLater(answer: SendAnswer | undefined): boolean {
  return answer?.kind === 'failed' && answer.error.retryable
}

async function sendBatch(
  client: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  signal: AbortSignal,
): Promise<SendAnswer[]> {
  const call = { action: 'send' as const, queueUrl }
  try {
    const command = new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: bodies.map((body, position) => ({ Id: String(position), MessageBody: body })),
    })
    const answer = await client.send(command, { abortSignal: signal, requestTimeout: callTimeoutMs })
    const failures = readFailures(bodies.length, answer)
    return bodies.map((_, position): SendAnswer => {
      const failure = failures.get(position)
      if (failure === undefined) return { kind: 'sent' }
      return { kind: 'failed', error: new QueueCallError(call, failure.cause, failure.errorClass) }
    })
  } catch (error) {
    const failed: SendAnswer = { kind: 'failed', error: new QueueCallError(call, error) }
    return bodies.map(() => failed)
  }
}

function splitIntoBatches(bodies: readonly string[]): string[][] {
  const batches: string[][] = []
  let last: string[] = []
  let lastBytes = 0
  for (const body of bodies) {
    const bytes = Buffer.byteLength(body)
    const full = last.length === batchEntriesMax || lastBytes + bytes > batchBytesMax
    if (batches.length === 0 || full) {
      last = []
      lastBytes = 0
      batches.push(last)
    }
    last.push(body)
    lastBytes += bytes
  }
  return batches
}
