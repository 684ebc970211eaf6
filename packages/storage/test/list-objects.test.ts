import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createS3Client } from '../src/aws/aws-clients.ts'
import { listObjects, listPages } from '../src/listing/list-objects.ts'
import type { ListRetry } from '../src/listing/list-page-with-retry.ts'
import { ObjectListError } from '../src/objects/object-errors.ts'
import {
  errorXml,
  type ListingServer,
  listingXml,
  listKeysOf,
  type RecordedAnswer,
  startListingServer,
} from './listing-server.ts'

const bucket = 'sessions'
const prefix = 'in/'
const backoff = { baseMs: 1, capMs: 5 }
const keys = Array.from({ length: 25 }, (_, index) => `in/${String(index).padStart(3, '0')}.json`)

let server: ListingServer
let client: S3Client

beforeAll(async () => {
  server = await startListingServer()
  client = createS3Client({
    env: {},
    endpoint: server.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  })
})
beforeEach(() => {
  server.requests.length = 0
})
afterAll(async () => {
  client.destroy()
  await server.stop()
})

async function listKeys(options: Partial<Parameters<typeof listObjects>[1]> = {}): Promise<string[]> {
  const listed = await Array.fromAsync(listObjects(client, { bucket, prefix, backoff, ...options }))
  return listed.map(({ key }) => key)
}

async function listFailure(options: Partial<Parameters<typeof listObjects>[1]> = {}): Promise<unknown> {
  return listKeys(options).then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('a listing with a temporary failure', () => {
  const whole = listingXml({ keys })
  const failures: [string, RecordedAnswer][] = [
    ['503 SlowDown', { status: 503, body: errorXml('SlowDown') }],
    ['500 InternalError', { status: 500, body: errorXml('InternalError') }],
    ['429 without a body', { status: 429, body: '' }],
    ['an error of a proxy', { status: 502, body: '<html>bad gateway</html>' }],
    ['an answer that breaks off', { status: 200, body: whole, cutAfterBytes: 200 }],
    ['no answer before the connection ends', { status: 200, body: whole, cutAfterBytes: 0 }],
    ['XML that ends in the middle', { status: 200, body: whole.slice(0, 400) }],
    ['an answer that is not XML', { status: 200, body: 'try again later' }],
    ['a page of another server', { status: 200, body: '<html><body>sign in</body></html>' }],
    ['an object without a key', { status: 200, body: whole.replace(/<Key>.*?<\/Key>/, '') }],
  ]

  it.each(failures)('continues after its last key: %s', async (_name, failure) => {
    const answer = listKeysOf(keys, 10)
    const retries: ListRetry[] = []
    // More failures than the SDK itself bridges.
    let failuresLeft = 4
    server.answerWith((request) => {
      const isSecondPage = request.query.get('continuation-token') === '10'
      if ((isSecondPage || request.query.has('start-after')) && failuresLeft-- > 0) return failure
      return answer(request)
    })
    expect(await listKeys({ onRetry: (retry) => retries.push(retry) })).toEqual(keys)
    expect(retries.length).toBeGreaterThan(0)
    expect(retries[0]).toMatchObject({ attempt: 1, error: expect.any(ObjectListError) })
    const resumed = server.requests.filter(({ query }) => query.has('start-after'))
    expect(resumed.map(({ query }) => query.get('start-after'))).toContain('in/009.json')
    expect(resumed.some(({ query }) => query.has('continuation-token'))).toBe(false)
  })

  it('gives up after a number of attempts in a row, with the error of the last one', async () => {
    server.answerWith(() => ({ status: 200, body: 'no XML' }))
    const retries: number[] = []
    const failure = await listFailure({ attemptsMax: 3, onRetry: ({ attempt }) => retries.push(attempt) })
    expect(failure).toBeInstanceOf(ObjectListError)
    expect(failure).toMatchObject({ bucket, prefix })
    expect(retries).toEqual([1, 2])
  })

  it('ends during a wait when its signal fires', async () => {
    server.answerWith(() => ({ status: 200, body: 'no XML' }))
    const giveUp = new AbortController()
    const failure = await listFailure({
      signal: giveUp.signal,
      backoff: { baseMs: 600_000, capMs: 600_000, random: () => 0.9 },
      onRetry: () => giveUp.abort(new Error('enough')),
    })
    expect(failure).toMatchObject({ name: 'ObjectListError', code: 'aborted' })
  })
})

describe('a listing with a failure that an operator must repair', () => {
  it.each([
    [403, 'AccessDenied', 'access_denied'],
    [404, 'NoSuchBucket', 'no_such_bucket'],
    [403, 'InvalidAccessKeyId', 'credentials_invalid'],
    [403, 'SignatureDoesNotMatch', 'credentials_invalid'],
    [400, 'InvalidArgument', 'invalid_request'],
    [400, 'UserProjectMissing', 'unknown'],
  ])('ends at once: %i %s', async (status, name, code) => {
    server.answerWith(() => ({ status, body: errorXml(name) }))
    const onRetry = vi.fn()
    expect(await listFailure({ onRetry })).toMatchObject({ name: 'ObjectListError', code })
    expect(onRetry).not.toHaveBeenCalled()
    expect(server.requests).toHaveLength(1)
  })

  it.each([
    ['within a page', ['in/b', 'in/a']],
    ['because a key comes twice', ['in/a', 'in/a']],
  ])('ends at once where the store does not list in key order, %s', async (_name, unordered) => {
    server.answerWith(() => ({ status: 200, body: listingXml({ keys: unordered }) }))
    const failure = await listFailure()
    expect(failure).toMatchObject({ name: 'ObjectListError', retryable: false })
    expect(String(failure)).toContain('does not list in key order')
    expect(server.requests).toHaveLength(1)
  })

  it('fails if a page sorts before the previous page', async () => {
    server.answerWith(({ query }) => ({
      status: 200,
      body: query.has('continuation-token')
        ? listingXml({ keys: ['in/a', 'in/c'] })
        : listingXml({ keys: ['in/b'], nextToken: 't' }),
    }))
    expect(String(await listFailure())).toContain('does not list in key order')
  })

  it('I7 returns no key outside its prefix, even if the store lists one', async () => {
    server.answerWith(() => ({ status: 200, body: listingXml({ keys: ['in/a', 'other/b'] }) }))
    expect(String(await listFailure())).toContain('outside the prefix')
  })
})

describe('the pages of a listing', () => {
  it('I8 are fetched one ahead of the caller, and no further', async () => {
    server.answerWith(listKeysOf(keys, 5))
    let pagesTaken = 0
    for await (const _page of listPages(client, { bucket, prefix })) {
      pagesTaken += 1
      const expected = Math.min(pagesTaken + 1, 5)
      await vi.waitFor(() => expect(server.requests).toHaveLength(expected))
    }
    expect(pagesTaken).toBe(5)
  })

  it('are dropped when the caller stops, including the one being fetched', async () => {
    const answer = listKeysOf(keys, 5)
    server.answerWith((request) => (request.query.has('continuation-token') ? undefined : answer(request)))
    for await (const _page of listPages(client, { bucket, prefix })) {
      await vi.waitFor(() => expect(server.requests).toHaveLength(2))
      break
    }
    await vi.waitFor(() => expect(server.requests[1]?.closed.aborted).toBe(true))
  })

  it('report a failure of the next page after the page before it', async () => {
    const answer = listKeysOf(keys, 5)
    const denied = { status: 403, body: errorXml('AccessDenied') }
    server.answerWith((request) => (request.query.has('continuation-token') ? denied : answer(request)))
    const given: number[] = []
    const reading = (async () => {
      for await (const page of listPages(client, { bucket, prefix })) given.push(page.length)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'access_denied' })
    expect(given).toEqual([5])
  })

  it('continue after a page without keys, as in buckets with many delete markers', async () => {
    const markers =
      '<DeleteMarker><Key>in%2Fgone</Key><IsLatest>true</IsLatest></DeleteMarker></ListBucketResult>'
    server.answerWith(({ query }) => ({
      status: 200,
      body: query.has('continuation-token')
        ? listingXml({ keys: ['in/there'] }).replace('</ListBucketResult>', markers)
        : listingXml({ keys: [], nextToken: 't' }).replace('</ListBucketResult>', markers),
    }))
    expect(await listKeys()).toEqual(['in/there'])
  })

  it('contain each of 5,000 keys of the same second once', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `in/call-${index}.json`)
    server.answerWith(listKeysOf(many, 1_000))
    const listed = await listKeys()
    expect(listed).toHaveLength(5_000)
    expect(new Set(listed)).toEqual(new Set(many))
    expect(server.requests).toHaveLength(5)
  })

  it.each([
    ['a store that ignores the start', (_query: URLSearchParams) => keys],
    [
      'a store that also lists the start',
      (query: URLSearchParams) => keys.filter((key) => key >= (query.get('start-after') ?? '')),
    ],
  ])('hold only keys after the start: %s', async (_name, keysFor) => {
    server.answerWith(({ query }) => ({ status: 200, body: listingXml({ keys: keysFor(query) }) }))
    expect(await listKeys({ startAfter: 'in/020.json', upTo: 'in/023.json' })).toEqual(keys.slice(21, 24))
  })
})

it('a listing whose empty pages repeat their tokens fails instead of running without end', async () => {
  server.answerWith(({ query }) => {
    const nextToken = query.get('continuation-token') === 'a' ? 'b' : 'a'
    return { status: 200, body: listingXml({ keys: [], nextToken }) }
  })
  expect(await listFailure()).toMatchObject({ code: 'unreadable_answer', retryable: false })
  expect(server.requests).toHaveLength(9)
})

it('empty pages in the middle of a listing are skipped', async () => {
  server.answerWith(({ query }) => {
    const at = Number(query.get('continuation-token') ?? 0)
    const next = at < 5 ? { nextToken: String(at + 1) } : {}
    return { status: 200, body: listingXml({ keys: at % 5 === 0 ? keys.slice(at, at + 5) : [], ...next }) }
  })
  expect(await listKeys()).toEqual(keys.slice(0, 10))
})
