import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { type HttpLimits, type HttpServer, listenHttp } from './listen-http.ts'

export type HttpRequest = {
  /** Other methods are answered with 405. */
  method: 'GET' | 'HEAD'
  /** Path and query, as received. */
  url: string
  headers: IncomingHttpHeaders
}

export type HttpAnswer = {
  status: number
  type: string
  body: string
  /** In addition to type and length. `cache-control` is `no-store` by default. */
  headers?: Readonly<Record<string, string>>
}

export type ServeOptions = {
  host: string
  /** With 0 the system chooses one. */
  port: number
  answer(request: HttpRequest): Promise<HttpAnswer>
  /** Also called with errors of `answer`. The request is then answered with 500 without details. */
  onError(error: unknown): void
  limits?: Partial<HttpLimits>
}

export const plainText = 'text/plain; charset=utf-8'

/** Serves GET and HEAD requests. Rejects with a `ListenError` if it cannot listen. */
export async function serveHttp(options: ServeOptions): Promise<HttpServer> {
  const { host, port, onError, limits = {} } = options
  return listenHttp({
    ...{ host, port, onError, limits },
    handle: async (request, response, hold) => {
      const answer = await answerRequest(options, request).catch((error: unknown): HttpAnswer => {
        onError(error)
        return { status: 500, type: plainText, body: 'internal error\n' }
      })
      hold(Buffer.byteLength(answer.body))
      send(response, answer)
    },
  })
}

async function answerRequest(options: ServeOptions, request: IncomingMessage): Promise<HttpAnswer> {
  const { method = '', url = '', headers } = request
  if (hasSeveralHosts(request)) return { status: 400, type: plainText, body: 'more than one Host\n' }
  if (method === 'GET' || method === 'HEAD') return options.answer({ method, url, headers })
  return { status: 405, type: plainText, body: 'only GET and HEAD\n', headers: { allow: 'GET, HEAD' } }
}

/** Node uses the first Host, but a proxy before us may have checked another (https://www.rfc-editor.org/rfc/rfc9112#section-3.2). */
export function hasSeveralHosts({ headersDistinct }: IncomingMessage): boolean {
  return (headersDistinct.host?.length ?? 0) > 1
}

function send(response: ServerResponse, { status, type, body, headers }: HttpAnswer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  // For HEAD, Node leaves out the body.
  response.end(body)
}
