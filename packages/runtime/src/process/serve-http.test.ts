import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { HttpLimits, HttpServer } from './listen-http.ts'
import { plainText, serveHttp } from './serve-http.ts'

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

const brief: Partial<HttpLimits> = { checkMs: 20 }

function serve(limits: Partial<HttpLimits>, body = 'ok\n', until?: Promise<void>): Promise<HttpServer> {
  return serveHttp({
    host: '127.0.0.1',
    port: 0,
    limits: { ...brief, ...limits },
    answer: async ({ url }) => {
      if (url === '/slow') await until
      return { status: 200, type: plainText, body }
    },
    onError: (error) => {
      throw error
    },
  })
}

type Client = Socket & { text(): string }

async function open({ port }: HttpServer): Promise<Client> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let text = ''
  socket.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  // What the server closes while we write is no error of the test.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return Object.assign(socket, { text: () => text })
}

/** Whether by an end or, because we are still writing, by a reset. */
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => {
    if (socket.destroyed) resolve()
    else socket.once('close', () => resolve())
  })
const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

test('a connection that sends nothing is closed', async () => {
  await using server = await serve({ headerMs: 60 })
  await closed(await open(server))
})

test('a request whose header arrives byte by byte is ended', async () => {
  await using server = await serve({ headerMs: 100 })
  const client = await open(server)
  const dripping = setInterval(() => client.write('x'), 10)
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\nx-drip: ')
  await closed(client)
  clearInterval(dripping)
})

test('a request whose body never ends is ended', async () => {
  await using server = await serve({ headerMs: 60, requestMs: 100 })
  const client = await open(server)
  client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n')
  const dripping = setInterval(() => client.write('x'), 10)
  await closed(client)
  clearInterval(dripping)
  expect(client.text()).toMatch(/^HTTP\/1\.1 405 [\s\S]*x-content-type-options: nosniff\r\n/)
})

test('a kept connection is closed if no further request arrives', async () => {
  await using server = await serve({ keepAliveMs: 50 })
  const client = await open(server)
  client.write(request('/'))
  await closed(client)
  expect(client.text()).toMatch(/^HTTP\/1\.1 200 [\s\S]*ok\n$/)
})

test('an answer that is read too slowly, or never made, is cut off', async () => {
  const large = 'x'.repeat(20_000_000)
  await using server = await serve({ answerMs: 200 }, large, new Promise(() => {}))
  const [reader, waiter] = [await open(server), await open(server)]
  reader.write(request('/'))
  reader.pause()
  waiter.write(request('/slow'))
  await closed(waiter)
  // Nothing is read, so the end is not noticed before; what came until then is not all of it.
  reader.resume()
  await closed(reader)
  expect(reader.text().length).toBeLessThan(large.length)
})

test('above the limit of connections, idle ones are closed, and requests are still answered', async () => {
  const answering = Promise.withResolvers<void>()
  await using server = await serve(
    { connectionsMax: 5, headerMs: 60_000, requestMs: 60_000 },
    'ok\n',
    answering.promise,
  )
  const asking = await open(server)
  asking.write(request('/slow'))
  const idle: Client[] = []
  for (let number = 0; number < 20; number += 1) idle.push(await open(server))
  await Promise.all(idle.slice(0, 16).map(closed))
  const next = await open(server)
  next.write(request('/'))
  await once(next, 'data')
  expect(next.text()).toMatch(/^HTTP\/1\.1 200 /)
  answering.resolve()
  await once(asking, 'data')
  expect(asking.text()).toMatch(/^HTTP\/1\.1 200 /)
  expect(idle.filter((socket) => !socket.destroyed)).toHaveLength(3)
})

test('pipelined requests are answered one after the other, so a connection has one answer at a time', async () => {
  const asked: string[] = []
  const until = Promise.withResolvers<void>()
  await using server = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    limits: brief,
    answer: async ({ url }) => {
      asked.push(url)
      if (url === '/1') await until.promise
      return { status: 200, type: plainText, body: `answer to ${url}.` }
    },
    onError: (error) => {
      throw error
    },
  })
  const [many, other] = [await open(server), await open(server)]
  many.write(['/1', '/2', '/3'].map(request).join(''))
  await expect.poll(() => asked).toEqual(['/1'])
  other.write(request('/other'))
  await once(other, 'data')
  expect(asked).toEqual(['/1', '/other'])
  until.resolve()
  await expect.poll(() => many.text()).toContain('answer to /3.')
  expect(many.text().match(/answer to \/\d/g)).toEqual(['answer to /1', 'answer to /2', 'answer to /3'])
})

test('I8 if unread answers have too many bytes, the oldest is cut off', async () => {
  const large = 'x'.repeat(20_000_000)
  await using server = await serve({ answerBytesMax: 50_000_000 }, large)
  const readers: Client[] = []
  for (let number = 0; number < 3; number += 1) {
    const reader = await open(server)
    readers.push(reader)
    reader.write(request('/'))
    await once(reader, 'data')
    reader.pause()
  }
  const [oldest, ...others] = readers
  if (oldest === undefined) throw new Error('no reader')
  oldest.resume()
  await closed(oldest)
  expect(oldest.text().length).toBeLessThan(large.length)
  for (const other of others) other.resume()
  await expect.poll(() => others.every((reader) => reader.text().length > large.length)).toBe(true)
})

test('slow readers on every connection do not block others', async () => {
  const large = 'x'.repeat(20_000_000)
  await using server = await serve({ connectionsMax: 3 }, large)
  for (let number = 0; number < 3; number += 1) {
    const reader = await open(server)
    reader.write(request('/'))
    await once(reader, 'data')
    reader.pause()
  }
  const next = await open(server)
  next.write(request('/'))
  await once(next, 'data')
  expect(next.text()).toMatch(/^HTTP\/1\.1 200 /)
})
