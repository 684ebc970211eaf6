import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { type BoundedConnections, boundConnections, type ConnectionBounds } from './bound-connections.ts'

export type ListenOptions = {
  host: string
  /** With 0 the system chooses one. */
  port: number
  handle: HandleRequest
  /** Also called with errors of `handle`, whose request is then cut off. */
  onError(error: unknown): void
  limits?: Partial<HttpLimits>
}

/** Answers one request of any method. `hold` counts the bytes of the answer until it has been sent. */
export type HandleRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  hold: (bytes: number) => void,
) => Promise<void>

/** Limits that protect clients from each other. */
export type HttpLimits = ConnectionBounds & {
  /** From the start of a connection, or the first byte of a later request, to the end of its header. */
  headerMs: number
  /** Until the end of the request with its body. */
  requestMs: number
  /** From the end of the header to the last byte of the answer, including slow reading by the client. */
  answerMs: number
  keepAliveMs: number
  /** How often the limits for header and request are checked. */
  checkMs: number
}

export type HttpServer = AsyncDisposable & {
  port: number
  /** Frees the port. Running requests are cut off. */
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
  // Longer than a load balancer keeps an idle connection (AWS: 60 s). Otherwise it could send a request just as we close, and answer 502:
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
  keepAliveMs: 75_000,
  checkMs: 1_000,
  connectionsMax: 256,
  // The largest page of the console has 16 MiB.
  answerBytesMax: 128 * 1_048_576,
}

/** Serves HTTP within the limits. Rejects with a `ListenError` if it cannot listen. */
export async function listenHttp(options: ListenOptions): Promise<HttpServer> {
  const limits = { ...defaultLimits, ...options.limits }
  const server = createServer(timeoutsOf(limits))
  const connections = boundConnections(server, limits)
  server.on('request', (request, response) => {
    handleInTurn({ options, limits, connections }, request, response).catch((error: unknown) => {
      options.onError(error)
      response.destroy()
    })
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

type Serving = { options: ListenOptions; limits: HttpLimits; connections: BoundedConnections }

async function handleInTurn(
  { options, limits, connections }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!(await connections.takeTurn(request, response))) return
  endInTime(response, limits.answerMs)
  await options.handle(request, response, (bytes) => connections.hold(request.socket, bytes))
}

/** Also ends a client that reads a byte now and then, which no idle timeout does. */
function endInTime(response: ServerResponse, answerMs: number): void {
  const timer = setTimeout(() => response.destroy(), answerMs)
  response.once('close', () => clearTimeout(timer))
}

function listen(server: Server, { host, port, onError }: ListenOptions): Promise<void> {
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
        `${address} is in use by another process: stop it, or choose another port`,
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
        `${host} is not an address of this machine: choose another host`,
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
    // The only possible error is that the server is already stopped.
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
