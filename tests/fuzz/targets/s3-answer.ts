import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { fetchObject } from '@aftercall/storage/objects/fetch-object'
import { getObjectBySdk } from '@aftercall/storage/objects/get-object-by-sdk'
import { getObjectSigned } from '@aftercall/storage/objects/get-object-signed'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import { collectAnswer } from '../../../packages/storage/src/aws/collect-answer.ts'
import { ConnectionClosedError } from '../../../packages/storage/src/aws/connection-errors.ts'
import type { HttpAnswer, HttpRequest } from '../../../packages/storage/src/aws/http-message.ts'
import { createProgressWatch } from '../../../packages/storage/src/aws/progress-watch.ts'
import { must, type Target } from '../target.ts'

export const awsEnv = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' }
const bytesMax = 16_384
const modified =
  'Last-Modified: Mon, 23 Mar 2026 20:17:00 GMT\r\nETag: "5d41402abc4b2a76b9719d911017c592"\r\n'
const errorXml =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>a &amp; b</Message><RequestId>r</RequestId></Error>'
const seeds = [
  `HTTP/1.1 200 OK\r\n${modified}x-amz-checksum-crc32: NhCmhg==\r\nContent-Length: 5\r\n\r\nhello`,
  `HTTP/1.1 200 OK\r\n${modified}x-amz-version-id: v\r\nx-amz-server-side-encryption: aws:kms\r\nContent-Length: 2\r\n\r\n{}`,
  `HTTP/1.1 404 Not Found\r\nContent-Type: application/xml\r\n\r\n${errorXml}`,
  `HTTP/1.1 200 OK\r\n${modified}\r\n<!DOCTYPE html><html><body>Sign in</body></html>`,
]

/** An answer of S3 to a GET of an object, after our parser: what is believed of it, and what its error means. */
export function s3Answer(): Target {
  const client = createS3Client({ env: awsEnv })
  let sent: Uint8Array = new Uint8Array()
  const { getObject } = getObjectSigned({
    client,
    env: awsEnv,
    getObjectBySdk: getObjectBySdk(client),
    http: {
      call: (request) => collect(request, sent),
      destroy: () => {},
    },
  })
  return {
    name: 's3-answer',
    bytesMax: 32_768,
    form: 'text',
    seeds: () => seeds.map((text) => Buffer.from(text, 'latin1')),
    words: [
      '<Error>',
      '<Code>',
      '</Code>',
      '<Message>',
      '&lt;',
      '&amp;',
      '<?xml ',
      '<html>',
      '\ufeff',
      '\x1f\x8b',
      '206',
      '304',
      '500',
      'x-amz-checksum-sha256: ',
      'x-amz-checksum-crc32: a-1\r\n',
      'x-amz-request-id: ',
      'Content-Length: 0\r\n',
      'Last-Modified: 0\r\n',
    ],
    bound: {
      steps: { least: 30_000, perByte: 20 },
      allocated: { least: 2_000_000, perByte: 500 },
    },
    async read(bytes) {
      sent = bytes
      const ref = {
        bucket: 'files',
        key: 'acme/call-1.json',
        etag: '5d41402abc4b2a76b9719d911017c592',
        sizeBytes: 5,
      }
      try {
        const found = await fetchObject(getObject, ref, { bytesMax })
        if (found.kind !== 'found') return found
        must(!Number.isNaN(found.lastModified.getTime()), 'an object has a time')
        must(found.bytes.byteLength <= bytesMax, 'an object is not larger than was asked for')
        return { ...found, bytes: Buffer.from(found.bytes).toString('latin1') }
      } catch (error) {
        must(error instanceof ObjectFetchError, `only an ObjectFetchError is thrown, not ${String(error)}`)
        must(!/[\n\r]/.test(error.message) && error.message.length < 1_000, 'an error is one short line')
        return { code: error.code, message: error.message }
      }
    },
    close: async () => client.destroy(),
  }
}

const progress = createProgressWatch()

/** What a connection makes of the bytes, whose other side closes it after them. */
function collect(request: HttpRequest, bytes: Uint8Array): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const events = { progress, onEnd: () => {}, giveUp: () => {} }
    const collecting = collectAnswer({ request, resolve, reject }, events)
    try {
      collecting.reader.take(Buffer.from(bytes))
      collecting.fail(new ConnectionClosedError('the other side closed the connection'))
    } catch (error) {
      collecting.fail(error instanceof Error ? error : new Error(String(error)))
    }
  })
}
