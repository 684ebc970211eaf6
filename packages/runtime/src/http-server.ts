import { createServer, type Server, type ServerResponse } from 'node:http'

export type Health = { kind: 'healthy' } | { kind: 'unhealthy'; reasons: string[] }

export type ReadyCheck = {
  name: string
  ok: boolean
  detail?: string
  /** Shown, but not decisive: what it is about may be away while the rest of the work goes on. */
  optional?: true
}

export type HttpServerOptions = {
  host: string
  /** 0 lets the system choose. */
  port: number
  /** Whether the process does its work; when not, it should be started anew. */
  health(): Health | Promise<Health>
  /** Whether all it depends on answers. Ready when every check is ok that is not optional. */
  ready(): ReadyCheck[] | Promise<ReadyCheck[]>
  /** The text format of Prometheus. */
  metrics(): Promise<string>
  /** Also gets what one of the three threw: its request is answered with 500 and no detail. */
  onError(error: unknown): void
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

type Answer = { status: number; type: string; body: string; allow?: string }

const plainText = 'text/plain; charset=utf-8'

/** Serves `/healthz`, `/readyz` and `/metrics`. Rejects with a `ListenError` when it cannot listen. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(options, request.method ?? '', request.url ?? '')
      .catch((error: unknown): Answer => {
        options.onError(error)
        return { status: 500, type: plainText, body: 'internal error\n' }
      })
      .then((answered) => send(response, answered))
      .catch(options.onError)
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

async function answer(options: HttpServerOptions, method: string, url: string): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, type: plainText, body: 'only GET and HEAD\n', allow: 'GET, HEAD' }
  }
  switch (url.split('?', 1)[0]) {
    case '/healthz':
      return answerHealth(await options.health())
    case '/readyz':
      return answerReady(await options.ready())
    case '/metrics':
      return {
        status: 200,
        type: 'text/plain; version=0.0.4; charset=utf-8',
        body: await options.metrics(),
      }
    default:
      return { status: 404, type: plainText, body: 'here are /healthz, /readyz and /metrics\n' }
  }
}

function answerHealth(health: Health): Answer {
  return health.kind === 'healthy'
    ? { status: 200, type: plainText, body: 'ok\n' }
    : { status: 503, type: plainText, body: `${health.reasons.join('\n')}\n` }
}

function answerReady(checks: ReadyCheck[]): Answer {
  const ready = checks.every((check) => check.ok || check.optional === true)
  return {
    status: ready ? 200 : 503,
    type: 'application/json',
    body: `${JSON.stringify({ ready, checks })}\n`,
  }
}

function send(response: ServerResponse, { status, type, body, allow }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(allow === undefined ? {} : { allow }),
  })
  // Node leaves the body of an answer to HEAD out by itself.
  response.end(body)
}

function listen(server: Server, { host, port, onError }: HttpServerOptions): Promise<void> {
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
  const place = `${host}:${port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError('port_taken', `${place} is taken by another process`, error)
    case 'EACCES':
      return new ListenError('port_forbidden', `this user may not listen on ${place}`, error)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError('address_unknown', `${host} is no address of this machine`, error)
    default:
      return new ListenError(
        'listen_failed',
        `cannot listen on ${place} (${error.code ?? error.name})`,
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
