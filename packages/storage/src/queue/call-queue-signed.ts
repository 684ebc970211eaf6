import type { SQSClient } from '@aws-sdk/client-sqs'
import { connectTimeoutMs } from '../aws/aws-clients.ts'
import type { AwsEnvironment } from '../aws/proxy-settings.ts'
import { UnreadableAnswerError } from '../aws/service-answer.ts'
import { createSignedCaller } from '../aws/signed-call.ts'
import type { CallQueue } from './call-queue.ts'
import { findQueueAddress, type QueueAddress } from './queue-address.ts'
import { readRefusal } from './read-queue-refusal.ts'

export type SignedCallOptions = {
  /** Provides address, Region, and credentials. Nothing is sent through it. */
  client: SQSClient
  queueUrl: string
  /** The most connections. Further calls wait for one. */
  connectionsMax: number
  env: AwsEnvironment
}

const bodyIdleMs = 10_000

/** Calls SQS in its JSON protocol, without the overhead of the SDK. Makes every call once, without retries. */
export function callQueueSigned({ client, queueUrl, connectionsMax, env }: SignedCallOptions): CallQueue {
  const caller = createSignedCaller({
    service: 'sqs',
    config: client.config,
    env,
    connectionsMax,
    connectTimeoutMs,
  })
  let address: QueueAddress | undefined

  return async ({ name, input }, { signal, timeoutMs }) => {
    address ??= await findQueueAddress(client, queueUrl)
    const answer = await caller.call({
      method: 'POST',
      ...address,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${name}` },
      body: JSON.stringify(input),
      signal,
      answerTimeoutMs: timeoutMs,
      idleTimeoutMs: bodyIdleMs,
    })
    if (answer.kind !== 'answered' || answer.statusCode >= 300) throw readRefusal(answer)
    return readAnswer(answer.body)
  }
}

function readAnswer(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString())
  } catch (error) {
    throw new UnreadableAnswerError(`${body.length} bytes that are not JSON`, { cause: error })
  }
}
