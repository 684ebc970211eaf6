import { describe, expect, it } from 'vitest'
import { createS3Client, type S3ClientOptions } from '../src/aws/aws-clients.ts'
import { createBucketAddresses } from '../src/objects/bucket-address.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }

function addressOf(bucket: string, options: Partial<S3ClientOptions> = {}) {
  return createBucketAddresses(createS3Client({ env: {}, region: 'eu-west-1', credentials, ...options }))(
    bucket,
  )
}

describe('the address of a bucket is where the SDK would read it', () => {
  it.each([
    ['acme', {}, 'https://acme.s3.eu-west-1.amazonaws.com/'],
    ['acme', { region: 'us-east-1' }, 'https://acme.s3.us-east-1.amazonaws.com/'],
    ['acme', { region: 'cn-north-1' }, 'https://acme.s3.cn-north-1.amazonaws.com.cn/'],
    ['acme.with.dots', {}, 'https://s3.eu-west-1.amazonaws.com/acme.with.dots/'],
    ['acme', { forcePathStyle: true }, 'https://s3.eu-west-1.amazonaws.com/acme/'],
    ['acme', { endpoint: 'http://minio:9000' }, 'http://minio:9000/acme/'],
    ['acme', { endpoint: 'http://minio:9000', forcePathStyle: false }, 'http://acme.minio:9000/'],
    ['acme', { endpoint: 'https://gate.example.org/s3' }, 'https://gate.example.org/s3/acme/'],
    ['acme', { endpoint: 'http://[::1]:9000' }, 'http://[::1]:9000/acme/'],
    [
      'acme',
      { endpoint: 'https://bucket.vpce-1a.s3.eu-west-1.vpce.amazonaws.com' },
      'https://acme.bucket.vpce-1a.s3.eu-west-1.vpce.amazonaws.com/',
    ],
    [
      'arn:aws:s3:eu-west-1:123456789012:accesspoint/ap',
      {},
      'https://ap-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/',
    ],
  ])('%s %j', async (bucket, options, url) => {
    const address = await addressOf(bucket, options)
    expect(`${address?.origin}${address?.path}`).toBe(url)
  })

  it('includes the Region and service of the signature', async () => {
    expect((await addressOf('acme'))?.signFor).toEqual({ region: 'eu-west-1', service: 's3' })
    const lambda = 'arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/ap'
    expect((await addressOf(lambda))?.signFor).toEqual({ region: 'eu-west-1', service: 's3-object-lambda' })
  })

  it('is undefined for directory buckets, which need session credentials of the SDK', async () => {
    expect(await addressOf('acme--euw1-az1--x-s3')).toBeUndefined()
  })

  it('requests checksums if the store is AWS', async () => {
    expect((await addressOf('acme'))?.headers).toHaveProperty('x-amz-checksum-mode', 'ENABLED')
    const other = await addressOf('acme', { endpoint: 'https://storage.googleapis.com' })
    expect(other?.headers).not.toHaveProperty('x-amz-checksum-mode')
  })

  it('is looked up again after a failure', async () => {
    let tries = 0
    const client = createS3Client({ env: {}, region: 'eu-west-1', credentials })
    client.middlewareStack.add(
      (next) => (args) => {
        tries += 1
        if (tries === 1) throw new Error('no credentials yet')
        return next(args)
      },
      { step: 'build' },
    )
    const find = createBucketAddresses(client)
    await expect(find('acme')).rejects.toThrow('no credentials yet')
    expect(await find('acme')).toBeDefined()
    await find('acme')
    expect(tries).toBe(2)
  })
})
