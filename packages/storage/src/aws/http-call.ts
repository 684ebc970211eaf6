import type { HttpAnswer, HttpRequest } from './http-message.ts'
import { createProgressWatch, type ProgressLimits } from './progress-watch.ts'
import { openProxy } from './proxy-call.ts'
import { type AwsEnvironment, proxyFor, readProxySettings } from './proxy-settings.ts'
import { createSocketPool } from './socket-pool.ts'

export type HttpCaller = {
  /**
   * After the headers, rejects with `BodyCutError` or `BodyLostError`. Otherwise rejects with an `AbortError`, a
   * `CallTimeoutError`, an `UnreadableAnswerError`, or an error of the socket, TLS, or the proxy. Any status is an answer.
   * Follows no redirects.
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

/** Reusing a connection saves a TLS handshake, which costs more than the rest of a small object. */
const keepAliveMs = 20_000

/** Makes HTTP calls over its own kept connections, or through the proxy that the environment names. */
export function createHttpCaller(options: HttpCallerOptions): HttpCaller {
  const { connectionsMax, connectTimeoutMs } = options
  const proxies = readProxySettings(options.env)
  const progress = createProgressWatch(options.progress)
  const callers = new Map<string, HttpCaller>()

  function callerFor(origin: string): HttpCaller {
    const known = callers.get(origin)
    if (known !== undefined) return known
    const proxy = proxyFor(origin, proxies)
    const limits = { connectionsMax, connectTimeoutMs, keepAliveMs, progress }
    const opened = proxy === undefined ? createSocketPool(origin, limits) : openProxy(proxy, limits)
    callers.set(origin, opened)
    return opened
  }

  return {
    call: (request) => callerFor(request.origin).call(request),
    destroy() {
      for (const caller of callers.values()) caller.destroy()
    },
  }
}
