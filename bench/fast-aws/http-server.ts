import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** PEM texts of a certificate for `localhost` and its key. */
export type Certificate = { cert: string; key: string }

export type HttpRequest = {
  method: string
  /** As sent, including the query. */
  path: string
  /** The value of `x-amz-target`, or empty. */
  target: string
  body: string
  /** Whether the client has disconnected. */
  isGone(): boolean
}

/** Answers by calling `respond` once, now or later, with the complete response as bytes. */
export type Answer = (request: HttpRequest, respond: (response: Buffer) => void) => void

const headEnd = Buffer.from('\r\n\r\n')

/**
 * The part of HTTP/1.1 that clients of S3 and SQS use: keep-alive, bodies with a Content-Length, one request at a time
 * per connection. It uses a bare socket because Node's HTTP server would need more CPU than all the answers.
 */
export function createHttpServer(answer: Answer, certificate?: Certificate): Server {
  const serve = (socket: Socket): void => serveConnection(socket, answer)
  if (certificate === undefined) return createServer({ noDelay: true }, serve)
  return createTlsServer({ ...certificate, noDelay: true }, serve)
}

function serveConnection(socket: Socket, answer: Answer): void {
  let received: Buffer = Buffer.alloc(0)
  let isBusy = false

  function takeNext(): void {
    if (isBusy) return
    const taken = readRequest(received, socket)
    if (taken === undefined) return
    received = taken.rest
    isBusy = true
    answer(taken.request, (response) => {
      isBusy = false
      if (socket.destroyed) return
      socket.write(response)
      takeNext()
    })
  }

  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    takeNext()
  })
  // Clients drop connections as they like.
  socket.on('error', () => {})
}

/** The first complete request in the received bytes, and the rest. */
function readRequest(received: Buffer, socket: Socket): { request: HttpRequest; rest: Buffer } | undefined {
  const end = received.indexOf(headEnd)
  if (end === -1) return undefined
  const head = received.toString('latin1', 0, end)
  const [method = '', path = ''] = head.slice(0, head.indexOf('\r\n')).split(' ')
  const bodyFrom = end + headEnd.length
  const bodyTo = bodyFrom + (method === 'GET' ? 0 : Number(headerOf(head, 'content-length') ?? 0))
  if (received.length < bodyTo) return undefined
  const request = {
    method,
    path,
    target: method === 'GET' ? '' : (headerOf(head, 'x-amz-target') ?? ''),
    body: received.toString('utf8', bodyFrom, bodyTo),
    isGone: () => socket.destroyed,
  }
  return { request, rest: received.subarray(bodyTo) }
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`\r\n${name}: *([^\r]*)`, 'i').exec(head)?.[1]
}

/** A response with a body, as bytes. */
export function writeResponse(
  status: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${status}\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.from(head + body)
}
