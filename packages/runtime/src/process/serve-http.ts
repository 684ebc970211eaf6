import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { type BoundedConnections, boundConnections, type ConnectionBounds } from './bound-connections.ts'

export type HttpRequest = {
  /** GET or HEAD; whatever else is answered with 405. */
  method: 'GET' | 'HEAD'
  /** Path and query as they came. */
  url: string
  headers: IncomingHttpHeaders
}

export type HttpAnswer = {
  status: number
  type: string
  body: string
  /** Beside type and length. `cache-control` is `no-store` unless it is here. */
  headers?: Readonly<Record<string, string>>
}

export type ServeOptions = {
  host: string
  /** 0 lets the system choose. */
  port: number
  answer(request: HttpRequest): Promise<HttpAnswer>
  /** Also gets what `answer` threw: its request is answered with 500 and no detail. */
  onError(error: unknown): void
  limits?: Partial<HttpLimits>
}

/** What one client may take from the others. */
export type HttpLimits = ConnectionBounds & {
  /** From the opening of a connection, or the first byte of a later request, to the end of its header. */
  headerMs: number
  /** To the end of the request; no request of ours has a body. */
  requestMs: number
  /** From the end of the header to the last byte of the answer, for who reads slowly, too. */
  answerMs: number
  keepAliveMs: number
  /** How often header and request are looked at. */
  checkMs: number
}

export type HttpServer = AsyncDisposable & {
  port: number
  /** Frees the port. Requests under way are cut off. */
  stop(): Promise<void>
}

export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly code: 'port_taken' | 'port_forbidden' | 'address_unknown' | 'listen_failed'

  constructor(code: ListenError['code'], message: string, cause: unknown) {
    super(message, { cause })
    this.code = code
  }
}

const defaultLimits: HttpLimits = {
  headerMs: 10_000,
  requestMs: 15_000,
  answerMs: 60_000,
  // Longer than a load balancer keeps a connection that nobody uses (AWS: 60 s), or it asks just as we close and answers 502:
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
  keepAliveMs: 75_000,
  checkMs: 1_000,
  connectionsMax: 256,
  // The largest page of the console has 16 MiB.
  answerBytesMax: 128 * 1_048_576,
}

export const plainText = 'text/plain; charset=utf-8'

/** Serves what only reads. Rejects with a `ListenError` when it cannot listen. */
export async function serveHttp(options: ServeOptions): Promise<HttpServer> {
  const limits = { ...defaultLimits, ...options.limits }
  const server = createServer(timeoutsOf(limits))
  const connections = boundConnections(server, limits)
  server.on('request', (request, response) => {
    answerInTurn({ options, limits, connections }, request, response).catch(options.onError)
  })
  await listen(server, options)
  const address = server.address()
  const stop = () => stopServer(server)
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** https://nodejs.org/api/http.html#httpcreateserveroptions-requestlistener */
function timeoutsOf({ headerMs, requestMs, keepAliveMs, checkMs }: HttpLimits): ServerOptions {
  return {
    headersTimeout: headerMs,
    requestTimeout: Math.max(headerMs, requestMs),
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: checkMs,
  }
}

type Serving = { options: ServeOptions; limits: HttpLimits; connections: BoundedConnections }

async function answerInTurn(
  { options, limits, connections }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!(await connections.takeTurn(request, response))) return
  endInTime(response, limits.answerMs)
  const answer = await answerRequest(options, request).catch((error: unknown): HttpAnswer => {
    options.onError(error)
    return { status: 500, type: plainText, body: 'internal error\n' }
  })
  connections.hold(request.socket, Buffer.byteLength(answer.body))
  send(response, answer)
}

/** Also of one who reads a byte now and then, which no timeout for idle connections ends. */
function endInTime(response: ServerResponse, answerMs: number): void {
  const timer = setTimeout(() => response.destroy(), answerMs)
  response.once('close', () => clearTimeout(timer))
}

async function answerRequest(options: ServeOptions, request: IncomingMessage): Promise<HttpAnswer> {
  const { method = '', url = '', headers, headersDistinct } = request
  // Node takes the first; a proxy before us may have looked at another (https://www.rfc-editor.org/rfc/rfc9112#section-3.2).
  if ((headersDistinct.host?.length ?? 0) > 1)
    return { status: 400, type: plainText, body: 'more than one Host\n' }
  if (method === 'GET' || method === 'HEAD') return options.answer({ method, url, headers })
  return { status: 405, type: plainText, body: 'only GET and HEAD\n', headers: { allow: 'GET, HEAD' } }
}

function send(response: ServerResponse, { status, type, body, headers }: HttpAnswer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  // Node leaves the body of an answer to HEAD out by itself.
  response.end(body)
}

function listen(server: Server, { host, port, onError }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(describeListenError(error, host, port))
    server.once('error', fail)
    server.listen({ host, port }, () => {
      server.off('error', fail)
      server.on('error', onError)
      resolve()
    })
  })
}

function describeListenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const address = `${host}:${port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError(
        'port_taken',
        `${address} is taken by another process: end that, or choose another port`,
        error,
      )
    case 'EACCES':
      return new ListenError(
        'port_forbidden',
        `this user may not listen on ${address}: choose a port of 1024 or more`,
        error,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(
        'address_unknown',
        `${host} is no address of this machine: choose another host`,
        error,
      )
    default:
      return new ListenError(
        'listen_failed',
        `cannot listen on ${address} (${error.code ?? error.name})`,
        error,
      )
  }
}

function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The only error there is says that it was stopped before.
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
