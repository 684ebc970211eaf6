import { describe, expect, it } from 'vitest'
import { createS3Client, createSqsClient, regionOfQueueUrl } from '../src/aws/aws-clients.ts'

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/live'

describe('regionOfQueueUrl', () => {
  it.each([
    [queueUrl, 'eu-west-1'],
    ['https://sqs.us-gov-west-1.amazonaws.com/1/q', 'us-gov-west-1'],
    ['https://sqs.cn-north-1.amazonaws.com.cn/1/q', 'cn-north-1'],
    ['https://sqs-fips.us-east-2.amazonaws.com/1/q', 'us-east-2'],
    ['https://sqs.eu-central-1.api.aws/1/q', 'eu-central-1'],
    ['https://eu-west-3.queue.amazonaws.com/1/q', 'eu-west-3'],
    ['https://queue.amazonaws.com/1/q', 'us-east-1'],
    ['https://vpce-0a-1b.sqs.ap-southeast-2.vpce.amazonaws.com/1/q', 'ap-southeast-2'],
    ['http://sqs.eu-north-1.localhost:4566/000000000000/q', 'eu-north-1'],
    ['https://sqs.eusc-de-east-1.amazonaws.eu/1/q', 'eusc-de-east-1'],
    ['https://sqs.us-iso-east-1.c2s.ic.gov/1/q', 'us-iso-east-1'],
    ['http://localhost:4566/000000000000/q', undefined],
    ['not a url', undefined],
  ])('of %s is %s', (url, region) => {
    expect(regionOfQueueUrl(url)).toBe(region)
  })
})

describe('createSqsClient', () => {
  it("takes the Region from the queue's URL, since a request signed for another is refused", async () => {
    const client = createSqsClient({ queueUrl, env: {} })
    expect(await client.config.region()).toBe('eu-west-1')
    expect(client.config.useQueueUrlAsEndpoint).toBe(true)
  })

  it('prefers a given Region', async () => {
    const client = createSqsClient({ queueUrl, region: 'us-west-2', env: {} })
    expect(await client.config.region()).toBe('us-west-2')
  })

  it('sends to a configured endpoint, for any host in the queue URL', async () => {
    const env = { AWS_ENDPOINT_URL_SQS: 'http://localhost:9999', AWS_ENDPOINT_URL: 'http://localhost:1' }
    const client = createSqsClient({ queueUrl, env })
    expect(client.config.useQueueUrlAsEndpoint).toBe(false)
    expect(await client.config.endpoint?.()).toMatchObject({ hostname: 'localhost', port: 9999 })
  })

  it('ignores endpoints if the standard variable says so', () => {
    const env = { AWS_ENDPOINT_URL: 'http://localhost:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }
    expect(createSqsClient({ queueUrl, env }).config.useQueueUrlAsEndpoint).toBe(true)
  })
})

it.each(['eu-west-1\n', ' eu-west-1 '])('trims the Region of the environment: %j', async (AWS_REGION) => {
  const s3 = createS3Client({ env: { AWS_REGION } })
  expect(await s3.config.region()).toBe('eu-west-1')
  const sqs = createSqsClient({ queueUrl: 'https://queues.example.org/1/q', env: { AWS_REGION } })
  expect(await sqs.config.region()).toBe('eu-west-1')
})

describe('createS3Client', () => {
  it.each([
    [{}, false],
    [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, true],
    [{ AWS_ENDPOINT_URL_S3: 'https://minio.example.org' }, true],
    [{ AWS_ENDPOINT_URL_S3: 'https://notamazonaws.com' }, true],
    [{ AWS_ENDPOINT_URL_S3: 'https://s3.eu-west-1.amazonaws.com' }, false],
    [{ AWS_ENDPOINT_URL_S3: 'https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com' }, false],
    [{ AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:4566' }, false],
  ])('addresses by path when the endpoint is not AWS: %j', (env, pathStyle) => {
    expect(createS3Client({ env, region: 'eu-west-1' }).config.forcePathStyle).toBe(pathStyle)
  })

  it('lets the caller choose the addressing style', () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }
    expect(createS3Client({ env, forcePathStyle: false }).config.forcePathStyle).toBe(false)
  })

  it('needs no Region for an endpoint that is not AWS', async () => {
    const client = createS3Client({ env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' } })
    expect(await client.config.region()).toBe('us-east-1')
  })

  it.each([
    [{}, undefined, 'us-east-1'],
    [{ AWS_PROFILE: 'without-a-region' }, undefined, 'us-east-1'],
    [{ AWS_REGION: 'eu-west-1' }, undefined, 'eu-west-1'],
    [{ AWS_REGION: 'eu-west-1' }, 'auto', 'auto'],
  ])('finds a Region for a store of its own: %j, configured %s', async (env, region, expected) => {
    const client = createS3Client({ env, region, endpoint: 'https://storage.googleapis.com' })
    expect(await client.config.region()).toBe(expected)
  })

  it('prefers the endpoint and keys of a source to those of the environment', async () => {
    const env = {
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'of-aws',
      AWS_SECRET_ACCESS_KEY: 'of-aws',
      AWS_SESSION_TOKEN: 'of-aws',
    }
    const credentials = { accessKeyId: 'GOOG1E', secretAccessKey: 'hmac' }
    const client = createS3Client({ env, endpoint: 'https://storage.googleapis.com', credentials })
    expect(await client.config.endpoint?.()).toMatchObject({ hostname: 'storage.googleapis.com' })
    expect(await client.config.credentials()).toMatchObject(credentials)
    expect(await client.config.credentials()).not.toHaveProperty('sessionToken')
    expect(client.config.forcePathStyle).toBe(true)
  })
})
