import type { HttpAnswer } from '@aftercall/runtime/process/serve-http'
import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import { answerData, answerJson } from './answer-data.ts'
import type { ConsoleFailure } from './answers.ts'
import { failureAnswer } from './failure-answer.ts'
import type { Viewer } from './identity.ts'
import { renderErrorPage } from './pages/error-page.ts'
import type { Assets } from './read-assets.ts'
import type { RequestParts } from './read-request.ts'
import { defect, tooLarge, unknownPage } from './request-failures.ts'
import { FailedRequest, type Route, type RouteAnswer } from './route.ts'
import { wordFailure } from './texts/en/failures.ts'
import type { Texts } from './texts/en.ts'
import { type Languages, withoutLanguage } from './texts/languages.ts'
import type { Shell } from './views/shell.ts'

export type Pages = {
  routes: readonly Route[]
  assets: Assets
  version: string
  program: ProgramName
  languages: Languages
  /** Called with errors of the database and with defects; the answer to a defect is 500 without details. */
  onError(error: unknown, isDefect: boolean): void
}

/** What is asked for, and in which language. */
export type Asked = Pick<RequestParts, 'url'> & {
  texts: Texts
  /** Path and query by which the page can be asked for again, without its language. */
  address: string
}

/** Every text in an answer and the number of rows are bounded; this bound is for the cases that we missed. */
const answerLengthMax = 16 * 1_048_576

/** A page, or under `/api` its data. */
export async function answerPage(pages: Pages, asked: Asked, viewer: Viewer): Promise<HttpAnswer> {
  const { isApi, path } = splitPath(asked)
  try {
    const reading = await read(
      pages.routes,
      path,
      isApi ? asked.url.searchParams : withoutLanguage(asked.url),
    )
    if (reading === undefined) return answerFailure(pages, asked, unknownPage, viewer)
    const answer = isApi ? answerData(reading) : html(200, reading.page(shellOf(pages, asked, viewer)))
    return answer.body.length > answerLengthMax ? answerFailure(pages, asked, tooLarge, viewer) : answer
  } catch (error) {
    return answerError(pages, asked, error, viewer)
  }
}

/** The answer to an error of a route or of the database. */
export function answerError(pages: Pages, asked: Asked, error: unknown, viewer?: Viewer): HttpAnswer {
  if (error instanceof FailedRequest) return answerFailure(pages, asked, error, viewer)
  const failure = failureAnswer(error)
  if (failure?.status !== 400) pages.onError(error, failure === undefined)
  return answerFailure(pages, asked, failure ?? defect, viewer)
}

export function answerFailure(
  pages: Pages,
  asked: Asked,
  failure: ConsoleFailure,
  viewer?: Viewer,
): HttpAnswer {
  const { status, code, reason } = failure
  return splitPath(asked).isApi
    ? answerJson(status, { error: { code, message: wordFailure(reason) } })
    : html(status, renderErrorPage(failure, shellOf(pages, asked, viewer)))
}

function splitPath({ url }: Asked): { isApi: boolean; path: string } {
  const [, api, path = ''] = /^(\/api(?=\/|$))?(.*)$/s.exec(url.pathname) ?? []
  return { isApi: api !== undefined, path: path === '' ? '/' : path }
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

export function shellOf(
  { assets, version, program, languages }: Pages,
  { texts, address }: Asked,
  viewer?: Viewer,
): Shell {
  const paths = { style: assets.style.path, script: assets.script.path, keyboard: assets.keyboard.path }
  return {
    ...{ assets: paths, version, program, now: new Date(), texts, languages, address },
    ...(viewer === undefined ? {} : { viewer }),
  }
}

export function html(status: number, body: string): HttpAnswer {
  return { status, type: 'text/html; charset=utf-8', body }
}
