import { answerHealth, answerReady, type ReadyCheck } from '@aftercall/runtime/process/health-server'
import type { HttpAnswer, HttpRequest } from '@aftercall/runtime/process/serve-http'
import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import { visibleJson } from '@aftercall/runtime/text/visible-text'
import { answerData } from './answer-data.ts'
import type { ConsoleFailure } from './answers.ts'
import { failureAnswer } from './failure-answer.ts'
import { renderErrorPage } from './pages/error-page.ts'
import type { Assets } from './read-assets.ts'
import { isKnownHost, isKnownTarget } from './request-host.ts'
import { FailedRequest, type Route, type RouteAnswer } from './route.ts'
import type { Shell } from './views/shell.ts'

export type Answering = {
  routes: readonly Route[]
  ready(): Promise<ReadyCheck[]>
  hosts: readonly string[]
  assets: Assets
  version: string
  program: ProgramName
  /** Called with errors of the database and with defects; the answer to a defect is 500 without details. */
  onError(error: unknown, isDefect: boolean): void
}

/** Pages load nothing from other hosts, run only our own script, and cannot be shown in a frame. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

export async function answerRequest(answering: Answering, request: HttpRequest): Promise<HttpAnswer> {
  const answer = await choose(answering, request)
  return { ...answer, headers: { ...headers, ...answer.headers } }
}

async function choose(answering: Answering, request: HttpRequest): Promise<HttpAnswer> {
  const url = URL.parse(request.url, 'http://console')
  const [, api, path = ''] = /^(\/api(?=\/|$))?(.*)$/s.exec(url?.pathname ?? '') ?? []
  const answerFailure = (failure: ConsoleFailure): HttpAnswer =>
    api === undefined
      ? html(failure.status, renderErrorPage(failure, shellOf(answering)))
      : json(failure.status, { error: { code: failure.code, message: failure.message } })

  const { hosts } = answering
  if (!isKnownHost(request.headers.host, hosts) || !isKnownTarget(request.url, hosts))
    return answerFailure(unknownHost)
  if (url === null) return answerFailure(unknownPage)
  if (api === undefined) {
    const fixed = await answerFixed(answering, path)
    if (fixed !== undefined) return fixed
  }
  try {
    const reading = await read(answering.routes, path === '' ? '/' : path, url.searchParams)
    if (reading === undefined) return answerFailure(unknownPage)
    const answer = api === undefined ? html(200, reading.page(shellOf(answering))) : answerData(reading)
    return answer.body.length > answerLengthMax ? answerFailure(tooLarge) : answer
  } catch (error) {
    if (error instanceof FailedRequest) return answerFailure(error)
    const failure = failureAnswer(error)
    if (failure?.status !== 400) answering.onError(error, failure === undefined)
    return answerFailure(failure ?? defect)
  }
}

async function answerFixed({ assets, ready }: Answering, path: string): Promise<HttpAnswer | undefined> {
  if (path === '/healthz') return answerHealth({ kind: 'healthy' })
  if (path === '/readyz') return answerReady(await ready())
  const asset = [assets.style, assets.script].find((one) => one.path === path)
  if (asset === undefined) return undefined
  const cached = { 'cache-control': 'public, max-age=31536000, immutable' }
  return { status: 200, type: asset.type, body: asset.body, headers: cached }
}

async function read(
  routes: readonly Route[],
  path: string,
  query: URLSearchParams,
): Promise<RouteAnswer | undefined> {
  for (const route of routes) {
    const found = route.path.exec(path)
    if (found === null) continue
    const inPath = Object.entries(found.groups ?? {}).map(([name, text]) => [name, decode(text)])
    return route.read({ ...Object.fromEntries(query), ...Object.fromEntries(inPath) })
  }
  return undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new FailedRequest(unknownPage)
  }
}

function shellOf({ assets, version, program }: Answering): Shell {
  const paths = { style: assets.style.path, script: assets.script.path }
  return { assets: paths, version, program, now: new Date() }
}

function html(status: number, body: string): HttpAnswer {
  return { status, type: 'text/html; charset=utf-8', body }
}

function json(status: number, data: unknown): HttpAnswer {
  return { status, type: 'application/json', body: `${visibleJson(JSON.stringify(data))}\n` }
}

const unknownHost: ConsoleFailure = {
  status: 421,
  code: 'unknown_host',
  message:
    'The console does not serve this host name. If it should, add the name to console.hosts in aftercall.yaml and restart the console.',
}

/** Every text in an answer and the number of rows are bounded; this bound is for the cases that we missed. */
const answerLengthMax = 16 * 1_048_576

const tooLarge: ConsoleFailure = {
  status: 400,
  code: 'answer_too_large',
  message: 'The answer would be larger than 16 MiB. Request fewer rows with limit, or use aftercall sql.',
}

const unknownPage: ConsoleFailure = {
  status: 404,
  code: 'not_found',
  message: 'There is no page at this address.',
}

const defect: ConsoleFailure = {
  status: 500,
  code: 'defect',
  message: 'This is a defect of the console. Please report it with the line from its log.',
}
