import { sharePending } from '../limits/share-pending.ts'
import type { HttpLimits, HttpServer } from './listen-http.ts'
import { type HttpAnswer, plainText, serveHttp } from './serve-http.ts'

export type Health = { kind: 'healthy' } | { kind: 'unhealthy'; reasons: string[] }

export type ReadyCheck = {
  name: string
  ok: boolean
  detail?: string
  /** Shown, but does not affect readiness: the rest of the work continues without it. */
  optional?: true
}

export type HttpServerOptions = {
  host: string
  /** 0 lets the system choose. */
  port: number
  /** Whether the process works. If not, it should be restarted. */
  health(): Health | Promise<Health>
  /** Whether all dependencies answer. Ready if every check that is not optional is ok. */
  ready(): ReadyCheck[] | Promise<ReadyCheck[]>
  /** The text format of Prometheus. */
  metrics(): Promise<string>
  /** Also called with errors of the three functions above. Their requests are answered with 500 without details. */
  onError(error: unknown): void
  limits?: Partial<HttpLimits>
}

/** Serves `/healthz`, `/readyz`, and `/metrics`. Rejects with a `ListenError` if it cannot listen. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, onError, limits = {} } = options
  // Concurrent requests share one check, because loading needs the same database connections.
  const shared = {
    health: sharePending(options.health),
    ready: sharePending(options.ready),
    metrics: sharePending(options.metrics),
  }
  return serveHttp({ host, port, onError, limits, answer: ({ url }) => answer(shared, url) })
}

async function answer(
  options: Pick<HttpServerOptions, 'health' | 'ready' | 'metrics'>,
  url: string,
): Promise<HttpAnswer> {
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
      return { status: 404, type: plainText, body: 'not found; try /healthz, /readyz, or /metrics\n' }
  }
}

export function answerHealth(health: Health): HttpAnswer {
  return health.kind === 'healthy'
    ? { status: 200, type: plainText, body: 'ok\n' }
    : { status: 503, type: plainText, body: `${health.reasons.join('\n')}\n` }
}

export function answerReady(checks: readonly ReadyCheck[]): HttpAnswer {
  const ready = checks.every((check) => check.ok || check.optional === true)
  return {
    status: ready ? 200 : 503,
    type: 'application/json',
    body: `${JSON.stringify({ ready, checks })}\n`,
  }
}
