import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
  type TLSSocket,
} from 'node:tls'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { classifyError } from '../src/aws/error-class.ts'
import type { HttpAnswer, HttpRequest } from '../src/aws/http-message.ts'
import { createProgressWatch } from '../src/aws/progress-watch.ts'
import { createSocketPool, type SocketPool } from '../src/aws/socket-pool.ts'

type Serve = (socket: Socket, path: string, turn: number) => void

const opened: { close(): void }[] = []
afterEach(() => {
  for (const { close } of opened.splice(0)) close()
})

const hello = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'

/** A server that calls `answer` with each request and the number of earlier requests on its connection. */
async function serve(
  answer: Serve,
  secure = false,
): Promise<{ origin: string; sockets: Socket[]; bodies: string[]; resumed: boolean[] }> {
  const sockets: Socket[] = []
  const bodies: string[] = []
  const resumed: boolean[] = []
  const onConnection = (socket: Socket): void => {
    sockets.push(socket)
    if (secure) resumed.push((socket as TLSSocket).isSessionReused())
    let turn = 0
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const text = data.toString('latin1')
      bodies.push(text.slice(text.indexOf('\r\n\r\n') + 4))
      answer(socket, text.split(' ')[1] ?? '', turn++)
    })
  }
  const tls = (name: string): Buffer =>
    readFileSync(new URL(`../../warehouse/test/fixtures/tls/${name}`, import.meta.url))
  const server: Server = secure
    ? createTlsServer({ cert: tls('server.pem'), key: tls('server.key') }, onConnection)
    : createServer(onConnection)
  await new Promise<void>((resolve) => server.listen(0, resolve))
  opened.push({
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  })
  const { port } = server.address() as AddressInfo
  return { origin: `${secure ? 'https' : 'http'}://localhost:${port}`, sockets, bodies, resumed }
}

function open(
  origin: string,
  options: { connectionsMax?: number; keepAliveMs?: number } = {},
): {
  pool: SocketPool
  get(path: string, request?: Partial<HttpRequest>): Promise<HttpAnswer>
} {
  const pool = createSocketPool(origin, {
    connectionsMax: 4,
    connectTimeoutMs: 5_000,
    keepAliveMs: 20_000,
    progress: createProgressWatch(),
    ...options,
  })
  opened.push({ close: () => pool.destroy() })
  const shared = {
    method: 'GET',
    origin,
    headers: {},
    answerTimeoutMs: 10_000,
    idleTimeoutMs: 10_000,
  } as const
  return { pool, get: (path, request = {}) => pool.call({ ...shared, ...request, path }) }
}

const bodyOf = (answer: HttpAnswer): string =>
  answer.kind === 'answered' ? answer.body.toString() : answer.kind
const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    (error: unknown) => classifyError(error).code,
  )

describe('connections', () => {
  it('are kept, and one is used for one request after the other', async () => {
    const { origin, sockets } = await serve((socket) => socket.write(hello))
    const { get } = open(origin)
    for (let call = 0; call < 5; call += 1) expect(bodyOf(await get(`/${call}`))).toBe('hello')
    expect(sockets).toHaveLength(1)
  })

  it('I8 are never more than allowed: further requests wait, and each gets its own answer', async () => {
    const { origin, sockets } = await serve((socket, path) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`),
    )
    const { get } = open(origin, { connectionsMax: 3 })
    const paths = Array.from({ length: 200 }, (_, number) => `/${number}`)
    const answers = await Promise.all(paths.map((path) => get(path)))
    expect(answers.map(bodyOf)).toEqual(paths)
    expect(sockets.length).toBeLessThanOrEqual(3)
  })

  it.each([
    [
      'says that it closes',
      (socket: Socket) =>
        socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello'),
    ],
    ['ends its answer by closing', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello')],
    ['speaks HTTP/1.0', (socket: Socket) => socket.end('HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello')],
  ])('are not used again where the server %s', async (_what, answer) => {
    const { origin, sockets } = await serve(answer)
    const { get } = open(origin)
    for (let call = 0; call < 3; call += 1) expect(bodyOf(await get('/'))).toBe('hello')
    expect(sockets).toHaveLength(3)
  })

  it('that the server has closed meanwhile are replaced', async () => {
    const { origin, sockets } = await serve((socket) => socket.write(hello))
    const { get } = open(origin)
    await get('/')
    sockets[0]?.destroy()
    await vi.waitFor(async () => expect(bodyOf(await get('/'))).toBe('hello'))
    expect(sockets.length).toBeGreaterThan(1)
  })

  it('that are idle are closed after their time, or the shorter one that the server names', async () => {
    const { origin, sockets } = await serve((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n'),
    )
    const own = open(origin, { keepAliveMs: 10 })
    const named = open(origin)
    await Promise.all([own.get('/'), named.get('/')])
    await vi.waitFor(() => expect(sockets.map((socket) => socket.destroyed)).toEqual([true, true]), 5_000)
  })

  it('that get bytes without a request are closed', async () => {
    const { origin, sockets } = await serve((socket) => socket.write(`${hello}HTTP/1.1 200 OK\r\n`))
    const { get } = open(origin)
    await get('/')
    await vi.waitFor(() => expect(sockets[0]?.destroyed).toBe(true))
    expect(bodyOf(await get('/'))).toBe('hello')
  })
})

describe('a call', () => {
  it('sends its body with its length in bytes', async () => {
    const { origin, bodies } = await serve((socket) => socket.write(hello))
    const { get } = open(origin)
    await get('/', { method: 'POST', body: '{"name":"Zoë"}' })
    expect(Buffer.from(bodies.join(''), 'latin1').toString()).toBe('{"name":"Zoë"}')
  })

  it.each([
    ['before the answer', '', 'connection_lost'],
    ['within the head', 'HTTP/1.1 200 OK\r\nContent-', 'connection_lost'],
    ['within a body of known length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel', 'body_cut'],
    ['within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel', 'connection_lost'],
  ])('whose connection closes %s fails so that it is tried again', async (_where, text, code) => {
    const { origin } = await serve((socket) => socket.end(text))
    expect(await codeOf(open(origin).get('/'))).toBe(code)
  })

  it('to a port where nothing listens is refused, and those that wait too', async () => {
    const { origin } = await serve(() => {})
    for (const { close } of opened.splice(0)) close()
    const { get } = open(origin, { connectionsMax: 1 })
    expect(await Promise.all([codeOf(get('/')), codeOf(get('/')), codeOf(get('/'))])).toEqual(
      Array(3).fill('connection_refused'),
    )
  })

  it('whose body is longer than allowed ends there, and the next has a new connection', async () => {
    const long = 'x'.repeat(200_000)
    const { origin, sockets } = await serve((socket, path) =>
      path === '/long'
        ? socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${long.length}\r\n\r\n${long}`)
        : socket.write(hello),
    )
    const { get } = open(origin)
    expect(await get('/long', { bytesMax: 100 })).toMatchObject({ kind: 'too-large', sizeBytes: long.length })
    expect(bodyOf(await get('/', { bytesMax: 100 }))).toBe('hello')
    expect(sockets).toHaveLength(2)
    expect(bodyOf(await get('/long'))).toBe(long)
  })

  it('that is aborted ends at once: while it waits for a connection, for its answer, within its body', async () => {
    const { origin } = await serve((socket, path) => {
      if (path === '/body') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe')
    })
    const { get } = open(origin, { connectionsMax: 2 })
    const abort = new AbortController()
    const calls = ['/silent', '/body', '/waits'].map((path) => codeOf(get(path, { signal: abort.signal })))
    abort.abort()
    expect(await Promise.all(calls)).toEqual(['aborted', 'aborted', 'aborted'])
    expect(await codeOf(get('/', { signal: abort.signal }))).toBe('aborted')
  })

  it.each([
    ['a path with a space', { path: '/a b' }],
    ['a path with a line break', { path: '/a\r\nX: y' }],
    ['a header with a line break', { path: '/', headers: { 'x-amz-meta': 'a\r\nX: y' } }],
  ])('with %s is not sent', async (_what, request) => {
    const { origin, bodies } = await serve((socket) => socket.write(hello))
    const { get } = open(origin)
    await expect(get(request.path, request)).rejects.toBeInstanceOf(TypeError)
    expect(bodies).toEqual([])
  })

  it('after the pool was closed is refused', async () => {
    const { origin } = await serve((socket) => socket.write(hello))
    const { pool, get } = open(origin)
    await get('/')
    pool.destroy()
    expect(await codeOf(get('/'))).toBe('aborted')
  })
})

describe('over TLS', () => {
  const authorities = getCACertificates('default')
  afterEach(() => setDefaultCACertificates(authorities))

  const trust = (): void =>
    setDefaultCACertificates([
      ...authorities,
      readFileSync(new URL('../../warehouse/test/fixtures/tls/ca.pem', import.meta.url), 'utf8'),
    ])

  it('answers the same, and a second connection resumes the session of the first', async () => {
    trust()
    const { origin, resumed } = await serve(
      (socket) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello'),
      true,
    )
    const { get } = open(origin)
    for (let call = 0; call < 3; call += 1) expect(bodyOf(await get('/'))).toBe('hello')
    expect(resumed).toEqual([false, true, true])
  })

  it('a body of many records is complete', async () => {
    trust()
    const long = 'x'.repeat(300_000)
    const { origin } = await serve(
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${long.length}\r\n\r\n${long}`),
      true,
    )
    expect(bodyOf(await open(origin).get('/'))).toBe(long)
  })

  it('a certificate that is not trusted, or is for another name, is refused', async () => {
    const { origin } = await serve((socket) => socket.write(hello), true)
    expect(await codeOf(open(origin).get('/'))).toBe('tls_untrusted')
    trust()
    expect(await codeOf(open(origin.replace('localhost', '127.0.0.1')).get('/'))).toBe('tls_untrusted')
  })
})
