import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { compareKeys } from '../src/listing/compare-keys.ts'

export type SeenRequest = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** Fires when the client has gone away before its answer. */
  closed: AbortSignal
}

export type RecordedAnswer = {
  status: number
  headers?: Record<string, string>
  body: string | Buffer
  /** Sends this many bytes of the body and breaks the connection. Declares no length, like a streamed body. */
  cutAfterBytes?: number
}

export type ListingServer = {
  endpoint: string
  requests: SeenRequest[]
  /** Undefined leaves the request without an answer. */
  answerWith(rule: (request: SeenRequest) => RecordedAnswer | undefined): void
  stop(): Promise<void>
}

/** An HTTP server that answers as the test says, and records its requests. */
export async function startListingServer(): Promise<ListingServer> {
  let rule: (request: SeenRequest) => RecordedAnswer | undefined = () => ({ status: 500, body: '' })
  const requests: SeenRequest[] = []
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
    const closing = new AbortController()
    outgoing.once('close', () => closing.abort())
    const request: SeenRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      closed: closing.signal,
    }
    requests.push(request)
    const answer = rule(request)
    if (answer !== undefined) send(outgoing, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    answerWith: (next) => {
      rule = next
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function send(outgoing: ServerResponse, { status, headers, body, cutAfterBytes }: RecordedAnswer): void {
  const bytes = Buffer.from(body)
  outgoing.writeHead(status, { 'content-type': 'application/xml; charset=UTF-8', ...headers })
  if (cutAfterBytes === undefined) outgoing.end(bytes)
  else outgoing.write(bytes.subarray(0, cutAfterBytes), () => outgoing.destroy())
}

export type ListingAnswer = { keys: readonly string[]; nextToken?: string; lastModified?: string }

/** In the form of ListObjectsV2 with `encoding-type=url`. */
export function listingXml({
  keys,
  nextToken,
  lastModified = '2026-01-01T00:00:00.000Z',
}: ListingAnswer): string {
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${lastModified}</LastModified>` +
      '<ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;</ETag><Size>1</Size></Contents>',
  )
  const next =
    nextToken === undefined
      ? '<IsTruncated>false</IsTruncated>'
      : `<IsTruncated>true</IsTruncated><NextContinuationToken>${nextToken}</NextContinuationToken>`
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><EncodingType>url</EncodingType>${next}${contents.join('')}</ListBucketResult>`
}

export function errorXml(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}.</Message></Error>`
}

/** Answers like a bucket with these keys. Its tokens are the position of the next key. */
export function listKeysOf(
  keys: readonly string[],
  pageSize: number,
): (request: SeenRequest) => RecordedAnswer {
  const sorted = keys.toSorted(compareKeys)
  return ({ query }) => {
    const prefix = query.get('prefix') ?? ''
    const startAfter = query.get('start-after') ?? ''
    const token = query.get('continuation-token')
    const matching = sorted.filter((key) => key.startsWith(prefix))
    const found = matching.findIndex((key) => compareKeys(key, startAfter) > 0)
    const from = token === null ? (found === -1 ? matching.length : found) : Number(token)
    const page = matching.slice(from, from + pageSize)
    const more = from + pageSize < matching.length
    return {
      status: 200,
      body: listingXml({ keys: page, ...(more ? { nextToken: String(from + pageSize) } : {}) }),
    }
  }
}
