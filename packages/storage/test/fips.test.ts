import type * as nodeCrypto from 'node:crypto'
import { createHash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { createSqsClient } from '../src/aws/aws-clients.ts'
import { createMd5, md5Of } from '../src/aws/md5.ts'
import { readReceivedMessages } from '../src/queue/received-message.ts'

/** As OpenSSL does in FIPS mode. */
vi.mock('node:crypto', async (load) => {
  const crypto = await load<typeof nodeCrypto>()
  const refuse = (algorithm: string): void => {
    if (algorithm === 'md5')
      throw Object.assign(new Error('unsupported'), { code: 'ERR_OSSL_EVP_UNSUPPORTED' })
  }
  return {
    ...crypto,
    hash: (...given: Parameters<typeof crypto.hash>) => {
      refuse(given[0])
      return crypto.hash(...given)
    },
    createHash: (...given: Parameters<typeof crypto.createHash>) => {
      refuse(given[0])
      return crypto.createHash(...given)
    },
  }
})

const message = {
  MessageId: '1',
  ReceiptHandle: 'r',
  Body: 'hello',
  MD5OfBody: '5d41402abc4b2a76b9719d911017c592',
}

test('a machine that refuses MD5 can still receive messages and read inventory files', () => {
  expect(() => createHash('md5')).toThrow('unsupported')
  expect(md5Of('hello')).toBeUndefined()
  expect(createMd5().digest()).toBeUndefined()
  expect(readReceivedMessages({ Messages: [message] })).toMatchObject([{ body: 'hello' }])
})

test('the SDK is configured not to compare MD5 if it cannot compute it', async () => {
  const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/1/live'
  expect(createSqsClient({ queueUrl, env: {} }).config.md5).toBe(false)
})
