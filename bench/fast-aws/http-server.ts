import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** PEM texts of a certificate for `localhost` and its key. */
export type Certificate = { cert: string; key: string }

export type HttpRequest = {
  method: string
  /** As it was sent, with its query. */
  path: string
  /** Value of `x-amz-target`, empty where there is none. */
  target: string
  body: string
  /** Whether nobody waits for the answer any more. */
  isGone(): boolean
}

/** Answers by calling `respond` once, with the whole response as bytes, now or later. */
export type Answer = (request: HttpRequest, respond: (response: Buffer) => void) => void

const headEnd = Buffer.from('\r\n\r\n')

/**
 * HTTP/1.1 as far as a client of S3 and SQS uses it: keep-alive, bodies with a Content-Length, one request at a time on
 * a connection. On a bare socket, because Node's own server would take more CPU than all that is answered here.
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

/** The first whole request of what was received, and what comes after it. */
function readRequest(received: Buffer, socket: Socket): { request: HttpRequest; rest: Buffer } | undefined {
  const end = received.indexOf(headEnd)
  if (end === -1) return undefined
  const head = received.toString('latin1', 0, end)
  const [method = '', path = ''] = head.slice(0, head.indexOf('\r\n')).split(' ')
  const bodyFrom = end + headEnd.length
  const bodyTo = bodyFrom + (method === 'GET' ? 0 : Number(headerOf(head, 'content-length') ?? 0))
  if (received.length < bodyTo) return undefined
  const request = {
    ...{ method, path, target: method === 'GET' ? '' : (headerOf(head, 'x-amz-target') ?? '') },
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
