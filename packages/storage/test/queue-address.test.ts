import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { expect, it, vi } from 'vitest'
import { createSqsClient, type SqsClientOptions } from '../src/aws-clients.ts'
import { findQueueAddress } from '../src/queue-address.ts'

const credentials = { accessKeyId: 'k', secretAccessKey: 's' }
const inEurope = 'https://sqs.eu-west-1.amazonaws.com/123456789012/live'

/** Where the SDK itself sends a call, caught at its last step. */
async function askSdk(options: SqsClientOptions): Promise<string> {
  const client = createSqsClient({ ...options, credentials })
  let sentTo = ''
  client.config.requestHandler.handle = async ({ protocol, hostname, port, path }) => {
    sentTo = `${protocol}//${hostname}${port ? `:${port}` : ''}${path}`
    throw new Error('not sent')
  }
  await client.send(new ReceiveMessageCommand({ QueueUrl: options.queueUrl })).catch(() => {})
  return sentTo
}

it.each<[string, SqsClientOptions, string]>([
  ['the host of the queue URL', { queueUrl: inEurope, env: {} }, 'https://sqs.eu-west-1.amazonaws.com/'],
  [
    'a VPC endpoint in the queue URL',
    { queueUrl: 'https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com/123456789012/live', env: {} },
    'https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com/',
  ],
  [
    'a configured endpoint, whatever host the queue URL names',
    { queueUrl: inEurope, env: { AWS_ENDPOINT_URL_SQS: 'https://gateway.example.org:8443/sqs' } },
    'https://gateway.example.org:8443/sqs/',
  ],
  [
    'an emulator on the IPv6 loopback',
    { queueUrl: 'http://[::1]:4566/000000000000/live', env: { AWS_ENDPOINT_URL: 'http://[::1]:4566' } },
    'http://[::1]:4566/',
  ],
])('a signed call goes where the SDK would send it: %s', async (_what, options, expected) => {
  // The SDK tells of a queue URL that is not its own idea of the address.
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const client = createSqsClient({ ...options, credentials })
  const { origin, path } = await findQueueAddress(client, options.queueUrl)
  expect(origin + path).toBe(expected)
  expect(await askSdk(options)).toBe(expected)
})
