import type { MiddlewareHandler } from 'hono'
import { setCookie } from 'hono/cookie'
import { languageDetector } from 'hono/language'
import { en, type Texts } from './en.ts'
import { zhCN } from './zh-CN.ts'

/** By BCP 47 tag. English is what is left if none fits. */
export type Languages = Readonly<Record<string, Texts>>

export const allLanguages: Languages = { en, 'zh-CN': zhCN }

/** The parameter of an address, and the cookie that keeps the choice. */
const parameter = 'lang'
const cookie = 'aftercall-language'
const yearSeconds = 31_536_000

/** Sets `language`: what the address asks for, else what was chosen before, else what the browser prefers. */
export function chooseLanguage(languages: Languages): MiddlewareHandler {
  const tags = Object.keys(languages)
  const detect = languageDetector({
    ...{ order: ['querystring', 'cookie', 'header'], caches: false },
    ...{ lookupQueryString: parameter, lookupCookie: cookie },
    ...{ supportedLanguages: tags, fallbackLanguage: 'en' },
    // Who reads traditional Chinese reads simplified Chinese more easily than English.
    convertDetectedLanguage: (tag) =>
      tags.find((one) => one.toLowerCase() === tag.toLowerCase()) ??
      tags.find((one) => primaryOf(one) === primaryOf(tag)) ??
      tag,
  })
  return async (c, next) => {
    await detect(c, async () => {})
    await next()
    if (c.req.query(parameter) === undefined) return
    const language = c.get('language')
    setCookie(c, cookie, language, { path: '/', sameSite: 'Lax', httpOnly: true, maxAge: yearSeconds })
  }
}

/** `zh` of `zh-Hans-CN`. */
function primaryOf(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? ''
}

/** The query of an address; its language is no filter. */
export function withoutLanguage({ searchParams }: URL): URLSearchParams {
  const query = new URLSearchParams(searchParams)
  query.delete(parameter)
  return query
}

/** Path and query without the language. A path with two slashes at its begin would name another host. */
export function addressOf(url: URL): string {
  const query = withoutLanguage(url).toString()
  return `${url.pathname.replace(/^\/+/, '/')}${query === '' ? '' : `?${query}`}`
}

/** The address of the same page in another language. */
export function inLanguage(address: string, tag: string): string {
  return `${address}${address.includes('?') ? '&' : '?'}${parameter}=${tag}`
}
