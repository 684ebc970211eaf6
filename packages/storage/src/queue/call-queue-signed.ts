import type { SQSClient } from '@aws-sdk/client-sqs'
import type { AwsEnvironment } from '../aws/proxy-settings.ts'
import { UnreadableAnswerError } from '../aws/service-answer.ts'
import { createSignedCaller } from '../aws/signed-call.ts'
import type { CallQueue } from './call-queue.ts'
import { findQueueAddress, type QueueAddress } from './queue-address.ts'
import { readRefusal } from './read-queue-refusal.ts'

export type SignedCallOptions = {
  /** Tells address, Region and credentials. Nothing is sent through it. */
  client: SQSClient
  queueUrl: string
  /** Connections at the most; further calls wait for one. */
  connectionsMax: number
  env: AwsEnvironment
}

const CONNECT_TIMEOUT_MS = 3_000
const BODY_IDLE_MS = 10_000

/** Calls SQS in its JSON protocol, without the SDK's work around it. Every call is made once. */
export function callQueueSigned({ client, queueUrl, connectionsMax, env }: SignedCallOptions): CallQueue {
  const caller = createSignedCaller({
    ...{ service: 'sqs', config: client.config, env },
    ...{ connectionsMax, connectTimeoutMs: CONNECT_TIMEOUT_MS },
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
      idleTimeoutMs: BODY_IDLE_MS,
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
