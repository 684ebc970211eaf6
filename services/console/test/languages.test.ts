import { readdirSync, readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { addressOf, allLanguages, chooseLanguage, inLanguage } from '../src/texts/languages.ts'
import { zhCN } from '../src/texts/zh-CN.ts'

test.each([
  ['nothing', '/', {}, 'en'],
  ['a browser that prefers Chinese', '/', { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' }, 'zh-CN'],
  ['a browser with traditional Chinese', '/', { 'accept-language': 'zh-Hant-TW' }, 'zh-CN'],
  ['languages in order of preference', '/', { 'accept-language': 'de, en;q=0.4, zh;q=0.7' }, 'zh-CN'],
  ['a language that is not there', '/', { 'accept-language': 'de-DE' }, 'en'],
  ['a header that is no list', '/', { 'accept-language': ';;,=q' }, 'en'],
  ['a choice', '/', { 'accept-language': 'zh-CN', cookie: 'aftercall-language=en' }, 'en'],
  ['an address', '/?lang=zh-CN', { cookie: 'aftercall-language=en' }, 'zh-CN'],
  ['an address in any case', '/?lang=ZH-cn', {}, 'zh-CN'],
  ['an address without a language', '/?lang=', { 'accept-language': 'zh' }, 'zh-CN'],
])('%s decides the language', async (_, address, headers, language) => {
  const answer = await ask(address, headers)
  expect(await answer.text()).toBe(language)
})

test('only an address with a language changes the choice', async () => {
  const chosen = await ask('/?lang=zh-CN', {})
  expect(chosen.headers.get('set-cookie')).toMatch(/^aftercall-language=zh-CN; .*HttpOnly; SameSite=Lax$/)
  expect((await ask('/', { 'accept-language': 'zh-CN' })).headers.has('set-cookie')).toBe(false)
})

test.each([
  ['http://console/', '/?lang=zh-CN'],
  ['http://console/days?days=30&lang=en', '/days?days=30&lang=zh-CN'],
  ['http://console/history?of=a%26lang%3Dx', '/history?of=a%26lang%3Dx&lang=zh-CN'],
  ['http://console//evil.example/x', '/evil.example/x?lang=zh-CN'],
])('%s in Chinese is %s, always on the same host', (url, expected) => {
  expect(inLanguage(addressOf(new URL(url)), 'zh-CN')).toBe(expected)
})

function ask(address: string, headers: Record<string, string>): Promise<Response> {
  const app = new Hono()
  app.use(chooseLanguage(allLanguages))
  app.get('/', (c) => c.text(c.get('language')))
  return Promise.resolve(app.request(address, { headers }))
}

test.each([
  ['a duration', zhCN.formats.duration(840), '840 毫秒'],
  ['a longer one', zhCN.formats.duration(2_140), '2.1 秒'],
  ['one of two units', zhCN.formats.duration(3 * 3_600_000 + 5 * 60_000), '3 小时 5 分钟'],
  ['one of days', zhCN.formats.duration(52 * 3_600_000), '2 天 4 小时'],
  ['a span', zhCN.formats.span(119), '119 分钟'],
  ['a span of hours', zhCN.formats.span(179), '2 小时'],
  ['an age', zhCN.formats.ago(new Date(0), new Date(150_000)), '2 分钟前'],
  ['a time that is now', zhCN.formats.ago(new Date(0), new Date(1_999)), '刚刚'],
  ['a time ahead', zhCN.formats.ago(new Date(7_200_000), new Date(0)), '2 小时后'],
  ['many', zhCN.formats.short(1_234_567), '123 万'],
  ['bytes', zhCN.formats.bytes(999_950), '1 MB'],
  ['a share', zhCN.formats.share(0.1234), '12.3%'],
  ['a share that is not complete', zhCN.formats.share(0.99999), '99.9%'],
  ['a share that is not empty', zhCN.formats.share(0.00001), '不到 0.1%'],
  ['a type of sessions', zhCN.course.sessionType('Voice Inbound (IVR)'), '语音呼入（IVR）'],
])('%s is written as Chinese is', (_, written, expected) => {
  expect(written).toBe(expected)
})

test('a space stands between Chinese characters and letters or digits, and none before Chinese punctuation', () => {
  const folder = new URL('../src/texts/zh-CN/', import.meta.url)
  const files = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
  expect(files.length).toBeGreaterThan(10)
  const wrong = files.flatMap((text) =>
    [
      ...text.matchAll(
        /.{0,20}(?:\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}| [，。；：！？（）、]).{0,20}/gu,
      ),
    ].map(([found]) => found),
  )
  expect(wrong).toEqual([])
})
