import { type IncomingMessage, request } from 'node:http'
import type { HttpServer } from '@aftercall/runtime/process/listen-http'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { afterEach, expect, test, vi } from 'vitest'
import { type Broadcast, createBroadcast } from '../src/changes/create-broadcast.ts'
import { openStreams, type StreamLimits, type Streams } from '../src/changes/open-streams.ts'
import type { ConsoleEnv } from '../src/read-request.ts'
import { serveApp } from '../src/serve-app.ts'

/** What pages follow: the tests change its state, and count who follows. */
const source = { state: 'first', followers: 0 }
let server: HttpServer
let streams: Streams

afterEach(async () => {
  await streams.close()
  await server.stop()
})

async function serve(limits: Partial<StreamLimits> = {}): Promise<void> {
  const broadcast = createBroadcast(async () => source.state, { everyMs: 1 })
  const counted: Broadcast = {
    follow(tell) {
      source.followers += 1
      const stop = broadcast.follow(tell)
      return () => {
        source.followers -= 1
        stop()
      }
    },
  }
  streams = openStreams(limits)
  const app = new Hono<ConsoleEnv>()
  app.use(compress())
  app.get('/changes', (c) => streams.open(c, counted) ?? c.text('full', 503))
  const onError = (error: unknown): void => expect.fail(String(error))
  server = await serveApp({ app, host: '127.0.0.1', port: 0, hosts: [], onError })
}

type Following = { answer: IncomingMessage; text(): string; isEnded(): boolean; leave(): void }

async function follow(): Promise<Following> {
  const asked = request({
    ...{ host: '127.0.0.1', port: server.port, path: '/changes' },
    headers: { 'accept-encoding': 'gzip', accept: 'text/event-stream' },
  })
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve).on('error', reject).end()
  })
  let text = ''
  let isEnded = false
  answer.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  answer.on('end', () => {
    isEnded = true
  })
  answer.on('error', () => {})
  return { answer, text: () => text, isEnded: () => isEnded, leave: () => asked.destroy() }
}

const eventsOf = (one: Following): number => one.text().split('event: changed\n').length - 1
const signsOf = (one: Following): number => one.text().split(': still here\n').length - 1
const untilTrue = (holds: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(holds()).toBe(true), { timeout: 30_000 })

test('each change reaches every stream at once, uncompressed, although other answers are compressed', async () => {
  await serve()
  const all = await Promise.all([follow(), follow(), follow()])
  for (const { answer } of all) {
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      ...{ 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' },
      'x-accel-buffering': 'no',
    })
    expect(answer.headers['content-encoding']).toBeUndefined()
  }
  await untilTrue(() => all.every((one) => eventsOf(one) === 1))
  source.state = 'second'
  await untilTrue(() => all.every((one) => eventsOf(one) === 2))
  const retries = all.map((one) => Number(/retry: (\d+)/.exec(one.text())?.[1]))
  for (const retry of retries) expect(retry >= 1_000 && retry < 5_000, String(retry)).toBe(true)
})

test('streams end cleanly when the console stops, and no new ones are opened', async () => {
  await serve()
  const all = await Promise.all([follow(), follow()])
  await streams.close()
  await untilTrue(() => all.every((one) => one.isEnded()))
  expect((await follow()).answer.statusCode).toBe(503)
})

test('I8 there are at most so many streams; the place of a client that is gone is free again', async () => {
  await serve({ streamsMax: 2 })
  const [first] = await Promise.all([follow(), follow()])
  expect((await follow()).answer.statusCode).toBe(503)
  first?.leave()
  await vi.waitFor(async () => expect((await follow()).answer.statusCode).toBe(200), { timeout: 30_000 })
})

test('a client that is gone follows no more', async () => {
  await serve()
  const one = await follow()
  await untilTrue(() => eventsOf(one) === 1)
  expect(source.followers).toBe(1)
  one.leave()
  await untilTrue(() => source.followers === 0)
})

test('an idle stream gives a sign now and then, and ends before answers are cut off', async () => {
  await serve({ signMs: 5, streamMs: 200 })
  const one = await follow()
  await untilTrue(() => one.isEnded())
  expect(signsOf(one)).toBeGreaterThan(0)
})
