import { answerHealth, answerReady, type ReadyCheck } from '@aftercall/runtime/process/health-server'
import type { HttpAnswer } from '@aftercall/runtime/process/serve-http'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { answerForm, type Forms, formPaths } from './answer-form.ts'
import { type Asked, answerError, answerFailure, answerPage } from './answer-page.ts'
import type { ConsoleFailure } from './answers.ts'
import { type Changes, isFollowed } from './changes/changes.ts'
import type { Identify } from './identity.ts'
import type { ConsoleEnv } from './read-request.ts'
import { refuseForeignForm } from './refuse-foreign-form.ts'
import { crossSite, formTooLarge, notAForm, unknownPage } from './request-failures.ts'
import { en } from './texts/en.ts'
import { addressOf, chooseLanguage } from './texts/languages.ts'

export type Answering = Forms & {
  identify: Identify
  ready(): Promise<ReadyCheck[]>
  changes: Changes
}

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
  // With none at all, browsers send forms with the origin "null", by which we could not know our own.
  referrerPolicy: 'same-origin',
  // Whether all of the host is reached by https only is for the proxy to say.
  strictTransportSecurity: false,
})

/** Everything that the console answers. */
export function createApp(answering: Answering): Hono<ConsoleEnv> {
  const { identify } = answering
  const app = new Hono<ConsoleEnv>()
  app.use(chooseLanguage(answering.languages))
  app.use(compress(), headers, async (c, next) => {
    if (c.env.refusal !== undefined) return fail(answering, c, c.env.refusal)
    return next()
  })
  addPlain(app, answering)
  app.get('/changes', (c) => answerChanges(answering, c))
  // It reads an answer to its end, so an endless one has to be registered above it.
  app.use(etag())
  app.get('*', async (c) =>
    respond(c, await answerPage(answering, asked(answering, c), await identify(c.env))),
  )
  addForms(app, answering)
  app.all('*', (c) => respond(c, onlyReads))
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status === 403) return fail(answering, c, crossSite)
    return respond(c, answerError(answering, asked(answering, c), error))
  })
  return app
}

function addPlain(app: Hono<ConsoleEnv>, { assets, ready }: Answering): void {
  app.get('/healthz', (c) => respond(c, answerHealth({ kind: 'healthy' })))
  app.get('/readyz', async (c) => respond(c, answerReady(await ready())))
  for (const { path, type, body } of [assets.style, assets.script, assets.keyboard]) {
    const cached = { 'cache-control': 'public, max-age=31536000, immutable' }
    app.get(path, (c) => respond(c, { status: 200, type, body, headers: cached }))
  }
}

/** A stream of server-sent events for one page. Without one, the page asks at an interval. */
function answerChanges(answering: Answering, c: Context<ConsoleEnv>): Response {
  const { broadcasts, streams } = answering.changes
  const name = c.env.url.searchParams.get('of') ?? undefined
  if (!isFollowed(name)) return fail(answering, c, unknownPage)
  // HEAD comes here, too, and would leave a stream that is never read.
  if (c.req.method === 'HEAD') return respond(c, { status: 200, type: 'text/event-stream', body: '' })
  return streams.open(c, broadcasts[name]) ?? respond(c, tooManyStreams)
}

/** A form passes all of these in turn: its address, its sender, its type, its size, and who has sent it. */
function addForms(app: Hono<ConsoleEnv>, answering: Answering): void {
  app.post(
    '*',
    async (c, next) => {
      const isKnown = Object.values(formPaths).some((path) => path.test(c.env.url.pathname))
      return isKnown ? next() : respond(c, onlyReads)
    },
    refuseForeignForm(),
    async (c, next) => (isForm(c.req.header('content-type')) ? next() : fail(answering, c, notAForm)),
    bodyLimit({ maxSize: formBytesMax, onError: (c) => fail(answering, c, formTooLarge) }),
    async (c) =>
      respond(
        c,
        await answerForm(answering, asked(answering, c), await answering.identify(c.env), await c.req.text()),
      ),
  )
}

/** 500 numbers of rejections need a tenth of it. */
const formBytesMax = 65_536

function isForm(type: string | undefined): boolean {
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type ?? '')
}

function asked({ languages }: Answering, c: Context<ConsoleEnv>): Asked {
  const { url } = c.env
  // The answer to a form has no address of its own.
  const address = c.req.method === 'POST' ? '/actions' : addressOf(url)
  return { url, texts: languages[c.get('language')] ?? en, address }
}

function fail(answering: Answering, c: Context<ConsoleEnv>, failure: ConsoleFailure): Response {
  return respond(c, answerFailure(answering, asked(answering, c), failure))
}

const onlyReads: HttpAnswer = {
  status: 405,
  type: 'text/plain; charset=utf-8',
  body: 'only GET and HEAD\n',
  headers: { allow: 'GET, HEAD' },
}

const tooManyStreams: HttpAnswer = {
  status: 503,
  type: 'text/plain; charset=utf-8',
  body: 'as many pages follow as may; this one asks at an interval\n',
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
