import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { expect, it, vi } from 'vitest'
import { createSqsClient, type SqsClientOptions } from '../src/aws/aws-clients.ts'
import { findQueueAddress } from '../src/queue/queue-address.ts'

const credentials = { accessKeyId: 'k', secretAccessKey: 's' }
const inEurope = 'https://sqs.eu-west-1.amazonaws.com/123456789012/live'

/** Where the SDK itself sends a call, intercepted at its last step. */
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
    'a configured endpoint, for any host in the queue URL',
    { queueUrl: inEurope, env: { AWS_ENDPOINT_URL_SQS: 'https://gateway.example.org:8443/sqs' } },
    'https://gateway.example.org:8443/sqs/',
  ],
  [
    'an emulator on the IPv6 loopback',
    { queueUrl: 'http://[::1]:4566/000000000000/live', env: { AWS_ENDPOINT_URL: 'http://[::1]:4566' } },
    'http://[::1]:4566/',
  ],
  [
    'the legacy host of a Region',
    { queueUrl: 'https://eu-west-3.queue.amazonaws.com/1/live', env: {} },
    'https://eu-west-3.queue.amazonaws.com/',
  ],
  [
    'another service that speaks SQS, at its own host',
    { queueUrl: 'https://queues.example.org:9443/1/live', env: {} },
    'https://queues.example.org:9443/',
  ],
  [
    'the FIPS endpoint, if requested',
    { queueUrl: inEurope.replace('eu-west-1', 'us-east-2'), env: { AWS_USE_FIPS_ENDPOINT: 'true' } },
    'https://sqs-fips.us-east-2.amazonaws.com/',
  ],
  [
    'the dual-stack endpoint, if requested',
    { queueUrl: inEurope, env: { AWS_USE_DUALSTACK_ENDPOINT: 'true' } },
    'https://sqs.eu-west-1.api.aws/',
  ],
  [
    'a VPC endpoint, even if FIPS is requested',
    {
      queueUrl: 'https://vpce-0a-1b.sqs.us-east-1.vpce.amazonaws.com/123456789012/live',
      env: { AWS_USE_FIPS_ENDPOINT: 'true' },
    },
    'https://vpce-0a-1b.sqs.us-east-1.vpce.amazonaws.com/',
  ],
  [
    'a queue of the partition of China',
    { queueUrl: 'https://sqs.cn-north-1.amazonaws.com.cn/1/live', env: {} },
    'https://sqs.cn-north-1.amazonaws.com.cn/',
  ],
])('a signed call goes where the SDK would send it, without a word: %s', async (_what, options, expected) => {
  const warn = vi.spyOn(console, 'warn')
  // The SDK reads these by itself.
  for (const name of ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'])
    vi.stubEnv(name, options.env[name])
  const client = createSqsClient({ ...options, credentials })
  const { origin, path } = await findQueueAddress(client, options.queueUrl)
  expect(origin + path).toBe(expected)
  expect(await askSdk(options)).toBe(expected)
  expect(warn).not.toHaveBeenCalled()
  vi.unstubAllEnvs()
})
