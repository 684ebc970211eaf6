import { type FaultProxy, startFaultProxy } from '@aftercall/testkit/http-fault-proxy'
import type { S3Client } from '@aws-sdk/client-s3'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { createS3Client, createSqsClient } from '../src/aws-clients.ts'

export type EmulatedAws = {
  server: FauxqsServer
  proxy: FaultProxy
  /** Both speak to the emulator through the proxy. */
  s3: S3Client
  sqsFor(queueUrl: string): SQSClient
  stop(): Promise<void>
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

export async function startEmulatedAws(): Promise<EmulatedAws> {
  const server = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' })
  const proxy = await startFaultProxy(server.port)
  const env = { AWS_ENDPOINT_URL: proxy.address, AWS_REGION: 'us-east-1' }
  const s3 = createS3Client({ env, credentials })
  const sqsClients: SQSClient[] = []
  return {
    server,
    proxy,
    s3,
    sqsFor: (queueUrl) => {
      const client = createSqsClient({ queueUrl, env, credentials })
      sqsClients.push(client)
      return client
    },
    stop: async () => {
      s3.destroy()
      for (const client of sqsClients) client.destroy()
      await proxy.stop()
      await server.stop()
    },
  }
}
