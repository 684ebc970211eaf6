import { answerHealth, answerReady, type ReadyCheck } from '@aftercall/runtime/process/health-server'
import type { HttpAnswer } from '@aftercall/runtime/process/serve-http'
import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { secureHeaders } from 'hono/secure-headers'
import { answerFailure, answerPage, type Pages } from './answer-page.ts'
import type { Assets } from './read-assets.ts'
import type { RequestParts } from './read-request.ts'
import { defect, unknownPage } from './request-failures.ts'

export type Answering = Pages & {
  ready(): Promise<ReadyCheck[]>
  assets: Assets
}

export type ConsoleEnv = { Bindings: RequestParts }

/** Pages load nothing from other hosts, run only our own script, and cannot be shown in a frame. */
const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  xFrameOptions: 'DENY',
  // Whether all of the host is reached by https only is for the proxy to say.
  strictTransportSecurity: false,
})

/** Everything that the console answers. */
export function createApp(answering: Answering): Hono<ConsoleEnv> {
  const { assets, ready, onError } = answering
  const app = new Hono<ConsoleEnv>()
  const fail = (c: Context<ConsoleEnv>, failure: Parameters<typeof answerFailure>[2]) =>
    respond(c, answerFailure(answering, c.env, failure))
  app.use(compress(), headers, async (c, next) => {
    if (c.env.refusal !== undefined) return fail(c, c.env.refusal)
    return next()
  })
  app.get('/healthz', (c) => respond(c, answerHealth({ kind: 'healthy' })))
  app.get('/readyz', async (c) => respond(c, answerReady(await ready())))
  for (const { path, type, body } of [assets.style, assets.script, assets.keyboard]) {
    const cached = { 'cache-control': 'public, max-age=31536000, immutable' }
    app.get(path, (c) => respond(c, { status: 200, type, body, headers: cached }))
  }
  // It reads an answer to its end, so an endless one (server-sent events) has to be registered above it.
  app.use(etag())
  app.get('*', async (c) => respond(c, await answerPage(answering, c.env)))
  app.all('*', (c) => respond(c, onlyReads))
  app.notFound((c) => fail(c, unknownPage))
  app.onError((error, c) => {
    onError(error, true)
    return fail(c, defect)
  })
  return app
}

const onlyReads: HttpAnswer = {
  status: 405,
  type: 'text/plain; charset=utf-8',
  body: 'only GET and HEAD\n',
  headers: { allow: 'GET, HEAD' },
}

function respond(c: Context<ConsoleEnv>, { status, type, body, headers: own }: HttpAnswer): Response {
  const length = Buffer.byteLength(body)
  c.env.hold(length)
  return new Response(body, {
    status,
    headers: {
      'content-type': type,
      'content-length': String(length),
      'cache-control': 'no-store',
      ...own,
    },
  })
}
