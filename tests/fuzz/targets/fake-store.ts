import { Readable } from 'node:stream'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import type { S3Client } from '@aws-sdk/client-s3'
import { awsEnv } from './s3-answer.ts'

/** What a store answers to one request. */
export type StoreAnswer = { status: number; headers?: Record<string, string>; body: Uint8Array }

/** A client of the SDK whose requests are answered here instead of being sent. */
export function clientOf(
  answer: (request: { path: string; range: string | undefined }) => StoreAnswer,
): S3Client {
  const client = createS3Client({ env: awsEnv, attemptsMax: 1 })
  client.config.requestHandler.handle = async ({ path, headers }) => {
    const { status, headers: own = {}, body } = answer({ path, range: headers.range })
    const response = {
      statusCode: status,
      headers: { 'content-length': String(body.byteLength), ...own },
      body: Readable.from(body.byteLength === 0 ? [] : [Buffer.from(body)], { objectMode: false }),
    }
    return { response } as never
  }
  return client
}

/** The part of a file that a request asks for. */
export function rangeOf(file: Uint8Array, range: string | undefined): StoreAnswer {
  const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  const end = to === '' ? file.byteLength : Number(to) + 1
  const body = file.subarray(Number(from), end)
  const contentRange = `bytes ${from}-${Number(from) + body.byteLength - 1}/${file.byteLength}`
  return range === undefined
    ? { status: 200, body: file, headers: { 'last-modified': 'Mon, 23 Mar 2026 20:17:00 GMT' } }
    : { status: 206, body, headers: { 'content-range': contentRange } }
}
