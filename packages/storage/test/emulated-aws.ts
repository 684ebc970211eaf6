import { type FaultProxy, startFaultProxy } from '@aftercall/testkit/http-fault-proxy'
import type { S3Client } from '@aws-sdk/client-s3'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { createS3Client, createSqsClient } from '../src/aws/aws-clients.ts'
import type { CallQueue } from '../src/queue/call-queue.ts'
import { callQueueBySdk } from '../src/queue/call-queue-by-sdk.ts'
import { callQueueSigned } from '../src/queue/call-queue-signed.ts'

export type CallsBy = 'signed' | 'sdk'

export type EmulatedAws = {
  server: FauxqsServer
  proxy: FaultProxy
  /** Both speak to the emulator through the proxy. */
  s3: S3Client
  sqsFor(queueUrl: string): SQSClient
  /** One of the two ways to call a queue; signed by default, as in the worker. */
  callQueue(queueUrl: string, by?: CallsBy): CallQueue
  stop(): Promise<void>
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

export async function startEmulatedAws(): Promise<EmulatedAws> {
  const server = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' })
  const proxy = await startFaultProxy(server.port)
  const env = { AWS_ENDPOINT_URL: proxy.address, AWS_REGION: 'us-east-1' }
  const s3 = createS3Client({ env, credentials })
  const sqsClients: SQSClient[] = []
  const sqsFor = (queueUrl: string): SQSClient => {
    const client = createSqsClient({ queueUrl, env, credentials })
    sqsClients.push(client)
    return client
  }
  return {
    server,
    proxy,
    s3,
    sqsFor,
    callQueue: (queueUrl, by = 'signed') => {
      const client = sqsFor(queueUrl)
      return by === 'sdk'
        ? callQueueBySdk(client)
        : callQueueSigned({ client, queueUrl, connectionsMax: 64, env })
    },
    stop: async () => {
      s3.destroy()
      for (const client of sqsClients) client.destroy()
      await proxy.stop()
      await server.stop()
    },
  }
}
