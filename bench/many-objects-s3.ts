import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { writeDocument } from '@aftercall/samples/sample-session'
import { sampleSessions } from '@aftercall/samples/sample-stream'

/**
 * A bucket of N session files that needs no space: keys and contents are computed from a number on request. Answers
 * ListObjectsV2 and GetObject, and accepts messages to a queue, fast enough that the benchmark does not measure the store.
 * Runs as a separate process with N as its argument, prints its port, and serves the fetch counts under /counts.
 */
const objects = Number(process.argv[2])
const perDay = 2_000
const templates = makeTemplates(400)
const lastModified = new Date('2026-02-01T00:00:00Z')
const fetched = new Uint8Array(objects)
let listCalls = 0
let sent = 0

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (url.pathname === '/counts') return answerCounts(response)
  if (request.method === 'POST') return void answerSend(request, response)
  if (url.searchParams.get('list-type') === '2') return answerList(url, response)
  answerObject(request, url, response)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
process.once('disconnect', () => process.exit(0))

/** Day folders of more than three years with growing ids, which are in key order while ids have seven digits. */
function keyOf(position: number): string {
  const day = new Date(Date.UTC(2023, 0, 1) + Math.floor(position / perDay) * 86_400_000).toISOString()
  return `metadata/${day.slice(0, 10).replaceAll('-', '/')}/call-${1_000_000 + position}.json`
}

function positionOf(key: string): number {
  return Number(/call-(\d+)\.json$/.exec(key)?.[1] ?? Number.NaN) - 1_000_000
}

/** The first position with a key after the text. */
function positionAfter(text: string): number {
  let low = 0
  let high = objects
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keyOf(middle) > text) high = middle
    else low = middle + 1
  }
  return low
}

function answerList(url: URL, response: ServerResponse): void {
  listCalls += 1
  const prefix = url.searchParams.get('prefix') ?? ''
  const after = url.searchParams.get('continuation-token') ?? url.searchParams.get('start-after') ?? ''
  const keysMax = Math.min(1_000, Number(url.searchParams.get('max-keys') ?? 1_000))
  const first =
    after < prefix
      ? positionAfter(`${prefix.slice(0, -1)}${previous(prefix.at(-1))}\uffff`)
      : positionAfter(after)
  const entries: string[] = []
  let position = first
  for (; position < objects && entries.length < keysMax; position += 1) {
    const key = keyOf(position)
    if (!key.startsWith(prefix)) break
    entries.push(
      `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${lastModified.toISOString()}</LastModified><ETag>&quot;${etagOf(position)}&quot;</ETag><Size>${sizeOf(position)}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    )
  }
  const isTruncated = position < objects && keyOf(position).startsWith(prefix)
  const token = isTruncated ? `<NextContinuationToken>${keyOf(position - 1)}</NextContinuationToken>` : ''
  response.writeHead(200, { 'content-type': 'application/xml' })
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bench</Name><Prefix>${prefix}</Prefix><KeyCount>${entries.length}</KeyCount><MaxKeys>${keysMax}</MaxKeys><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${token}${entries.join('')}</ListBucketResult>`,
  )
}

function previous(character: string | undefined): string {
  return character === undefined ? '' : String.fromCharCode(character.charCodeAt(0) - 1)
}

function answerObject(request: IncomingMessage, url: URL, response: ServerResponse): void {
  const key = decodeURIComponent(url.pathname).replace(/^\/[^/]+\//, '')
  const position = positionOf(key)
  if (request.method !== 'GET' || !(position >= 0 && position < objects) || keyOf(position) !== key) {
    response.writeHead(404, { 'content-type': 'application/xml', 'x-amz-request-id': 'bench' })
    response.end('<Error><Code>NoSuchKey</Code><Message>none</Message></Error>')
    return
  }
  fetched[position] = Math.min(255, (fetched[position] ?? 0) + 1)
  const body = bodyOf(position)
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    etag: `"${etagOf(position)}"`,
    'last-modified': lastModified.toUTCString(),
    'x-amz-request-id': 'bench',
  })
  response.end(body)
}

/** A queue that accepts all messages and keeps none. */
async function answerSend(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  const { Entries } = JSON.parse(Buffer.concat(parts).toString()) as {
    Entries: { Id: string; MessageBody: string }[]
  }
  const Successful = Entries.map(({ Id, MessageBody }) => {
    sent += MessageBody.split('"ObjectCreated:Backfill"').length - 1
    return { Id, MessageId: Id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') }
  })
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
  response.end(JSON.stringify({ Successful, Failed: [] }))
}

function answerCounts(response: ServerResponse): void {
  const byTimes: Record<string, number> = {}
  for (const times of fetched) byTimes[times] = (byTimes[times] ?? 0) + 1
  response.end(JSON.stringify({ listCalls, sent, byTimes }))
}

type Template = { before: string; after: string; sizeBytes: number }

/** Documents of every kind, split at the session's own id. */
function makeTemplates(count: number): Template[] {
  const made: Template[] = []
  for (const { revisions, channel } of sampleSessions({ seed: 'bench', sessions: count * 3 })) {
    const document = revisions.at(-1)?.document
    if (channel !== 'call' || document === undefined || made.length === count) continue
    const [before = '', after = ''] = writeDocument({ ...document, id: '@@' }).split('"@@"')
    made.push({ before, after, sizeBytes: Buffer.byteLength(before + after) + 7 })
  }
  return made
}

function templateOf(position: number): Template {
  return templates[position % templates.length] as Template
}

function bodyOf(position: number): string {
  const { before, after } = templateOf(position)
  return `${before}${1_000_000 + position}${after}`
}

function sizeOf(position: number): number {
  return templateOf(position).sizeBytes
}

function etagOf(position: number): string {
  return createHash('md5').update(String(position)).digest('hex')
}
