import type { IncomingHttpHeaders } from 'node:http'
import { type Dispatcher, Pool, ProxyAgent } from 'undici'
import { BodyCutError, BodyLostError, joinChunks } from '../objects/read-body.ts'
import {
  type BodyTooSlowError,
  createProgressWatch,
  type ProgressLimits,
  type ProgressWatch,
} from './progress-watch.ts'
import { type AwsEnvironment, proxyFor, readProxySettings } from './proxy-settings.ts'

export type HttpRequest = {
  method: 'GET' | 'POST'
  /** `https://host:port`, as `URL.origin` writes it. */
  origin: string
  /** Encoded, with its query. */
  path: string
  headers: Record<string, string>
  body?: string
  signal?: AbortSignal | undefined
  /** From the request's last byte to the answer's headers. */
  answerTimeoutMs: number
  /** Between two pieces of the body. */
  idleTimeoutMs: number
  /** Aborts a longer body of a 2xx answer and closes its connection. No limit by default. */
  bytesMax?: number
}

export type HttpAnswer = HttpHead &
  (
    | { kind: 'answered'; body: Buffer }
    /** `sizeBytes` is the declared size, or else the bytes that were read until the limit was passed. */
    | { kind: 'too-large'; sizeBytes: number }
  )

export type HttpHead = {
  statusCode: number
  /** Names in lower case. */
  headers: IncomingHttpHeaders
}

export type HttpCaller = {
  /**
   * After the headers, rejects with `BodyCutError` or `BodyLostError`. Otherwise rejects with an `AbortError`, an error of the
   * socket or TLS, or an error of undici whose `code` begins with `UND_ERR_`
   * (https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md). Any status is an answer. Follows no redirects.
   */
  call(request: HttpRequest): Promise<HttpAnswer>
  destroy(): void
}

export type HttpCallerOptions = {
  /** The most connections to one origin. Further requests wait for one. */
  connectionsMax: number
  connectTimeoutMs: number
  env: AwsEnvironment
  /** How slow a body may be. `progressLimits` by default. */
  progress?: ProgressLimits | undefined
}

/** Bodies of error answers are read up to this size. */
const errorBytesMax = 65_536
/** Reusing a connection saves a TLS handshake, which costs more than the rest of a small object. */
const keepAliveMs = 20_000

/** Makes HTTP calls over kept connections, without the streams and timers that Node's own client creates for every request. */
export function createHttpCaller(options: HttpCallerOptions): HttpCaller {
  const proxies = readProxySettings(options.env)
  const dispatchers = new Map<string, Dispatcher>()
  const progress = createProgressWatch(options.progress)

  function dispatcherFor(origin: string): Dispatcher {
    const known = dispatchers.get(origin)
    if (known !== undefined) return known
    const opened = openDispatcher(origin, proxyFor(origin, proxies), options)
    dispatchers.set(origin, opened)
    return opened
  }

  return {
    call: (request) => dispatchWhole(dispatcherFor(request.origin), request, progress),
    destroy() {
      for (const dispatcher of dispatchers.values()) dispatcher.destroy(() => {})
    },
  }
}

function openDispatcher(origin: string, proxy: string | undefined, options: HttpCallerOptions): Dispatcher {
  const connect = { timeout: options.connectTimeoutMs }
  const shared = { connections: options.connectionsMax, keepAliveTimeout: keepAliveMs }
  if (proxy === undefined) return new Pool(origin, { ...shared, connect })
  return new ProxyAgent({ ...shared, uri: proxy, proxyTls: connect, requestTls: connect, proxyTunnel: false })
}

function dispatchWhole(
  dispatcher: Dispatcher,
  request: HttpRequest,
  progress: ProgressWatch,
): Promise<HttpAnswer> {
  const { method, origin, path, headers, body = null, signal, bytesMax = Number.POSITIVE_INFINITY } = request
  if (signal?.aborted) return Promise.reject(abortError())
  const { answerTimeoutMs: headersTimeout, idleTimeoutMs: bodyTimeout } = request
  return new Promise((resolve, reject) => {
    const handler = collectAnswer({ bytesMax, signal, progress, resolve, reject })
    dispatcher.dispatch({ method, origin, path, headers, body, headersTimeout, bodyTimeout }, handler)
  })
}

type Collecting = {
  bytesMax: number
  signal: AbortSignal | undefined
  progress: ProgressWatch
  resolve(answer: HttpAnswer): void
  reject(error: Error): void
}

/** Collects one answer, or gives up and closes the connection. Later events have no effect. */
function collectAnswer({
  bytesMax,
  signal,
  progress,
  resolve,
  reject,
}: Collecting): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let received = 0
  let head: HttpHead | undefined
  let connection: Dispatcher.DispatchController | undefined
  let endWatching: (() => void) | undefined
  signal?.addEventListener('abort', onAbort, { once: true })

  function onAbort(): void {
    fail(abortError())
    connection?.abort(abortError())
  }

  function end(answer: HttpAnswer): void {
    leave()
    resolve(answer)
  }

  function fail(error: Error): void {
    leave()
    reject(error)
  }

  function leave(): void {
    signal?.removeEventListener('abort', onAbort)
    endWatching?.()
  }

  function giveUpSlow(error: BodyTooSlowError): void {
    fail(new BodyLostError(received, error))
    connection?.abort(error)
  }

  function giveUp(known: HttpHead, sizeBytes: number): void {
    if (isSuccess(known)) end({ ...known, kind: 'too-large', sizeBytes })
    else end({ ...known, kind: 'answered', body: joinChunks(chunks, received) })
    connection?.abort(abortError())
  }

  return {
    onRequestStart(controller) {
      connection = controller
      if (signal?.aborted) controller.abort(abortError())
    },
    onResponseStart(_controller, statusCode, headers) {
      head = { statusCode, headers }
      const declared = declaredLength(headers)
      if (isSuccess(head) && declared !== undefined && declared > bytesMax) giveUp(head, declared)
      else endWatching = progress.watch({ bytesReceived: () => received, giveUp: giveUpSlow })
    },
    onResponseData(_controller, chunk) {
      received += chunk.byteLength
      chunks.push(chunk)
      if (head !== undefined && received > (isSuccess(head) ? bytesMax : errorBytesMax))
        giveUp(head, received)
    },
    onResponseEnd() {
      if (head !== undefined) end({ ...head, kind: 'answered', body: joinChunks(chunks, received) })
    },
    onResponseError(_controller, error) {
      fail(head === undefined ? error : brokenBody(head.headers, received, error))
    },
  }
}

function isSuccess({ statusCode }: HttpHead): boolean {
  return statusCode >= 200 && statusCode < 300
}

function brokenBody(headers: IncomingHttpHeaders, received: number, error: Error): Error {
  const declared = declaredLength(headers)
  const stalled = 'code' in error && error.code === 'UND_ERR_BODY_TIMEOUT'
  return declared === undefined || stalled
    ? new BodyLostError(received, error)
    : new BodyCutError(received, declared, error)
}

function declaredLength(headers: IncomingHttpHeaders): number | undefined {
  const text = headers['content-length']
  return text === undefined ? undefined : Number(text)
}

function abortError(): Error {
  return new DOMException('the call was aborted', 'AbortError')
}
