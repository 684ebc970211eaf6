import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { type HttpServerOptions, startHttpServer } from './health-server.ts'
import { ListenError } from './listen-http.ts'

function start(changed: Partial<HttpServerOptions> = {}) {
  return startHttpServer({
    host: '127.0.0.1',
    port: 0,
    health: () => ({ kind: 'healthy' }),
    ready: () => [{ name: 'database', ok: true }],
    metrics: async () => 'aftercall_rows_total 1\n',
    onError: (error) => {
      throw error
    },
    ...changed,
  })
}

async function ask(port: number, path: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
  return { status: response.status, headers: response.headers, body: await response.text() }
}

describe('/healthz', () => {
  test('is 200 while the process works', async () => {
    await using server = await start()
    expect(await ask(server.port, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' })
  })

  test('is 503 with the reasons if it does not', async () => {
    const reasons = ['no message received for 300 s', 'no commit for 300 s']
    await using server = await start({ health: () => ({ kind: 'unhealthy', reasons }) })
    const { status, body } = await ask(server.port, '/healthz')
    expect([status, body]).toEqual([503, 'no message received for 300 s\nno commit for 300 s\n'])
  })
})

describe('/readyz', () => {
  test.each([
    { ok: true, status: 200 },
    { ok: false, status: 503 },
  ])('is $status when one of two checks is ok: $ok, and lists both', async ({ ok, status }) => {
    const checks = [
      { name: 'database', ok: true },
      { name: 'queue', ok, detail: 'AccessDenied' },
    ]
    await using server = await start({ ready: async () => checks })
    const answer = await ask(server.port, '/readyz?verbose=1')
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, { ready: ok, checks }])
    expect(answer.headers.get('content-type')).toBe('application/json')
  })

  test('concurrent requests share one check, and a later request makes a new one', async () => {
    const gate = Promise.withResolvers<void>()
    const ready = vi.fn(async () => {
      await gate.promise
      return [{ name: 'database', ok: true }]
    })
    await using server = await start({ ready })
    const asked = Promise.all(Array.from({ length: 30 }, () => ask(server.port, '/readyz')))
    await expect.poll(() => ready.mock.calls.length).toBeGreaterThan(0)
    await Promise.all(Array.from({ length: 30 }, () => ask(server.port, '/healthz')))
    expect(ready).toHaveBeenCalledTimes(1)
    gate.resolve()
    expect((await asked).map(({ status }) => status)).toEqual(Array(30).fill(200))
    const before = ready.mock.calls.length
    await ask(server.port, '/readyz')
    expect(ready).toHaveBeenCalledTimes(before + 1)
  })
})

test('/metrics is in the text format of Prometheus', async () => {
  await using server = await start()
  const { status, headers, body } = await ask(server.port, '/metrics')
  expect([status, body]).toEqual([200, 'aftercall_rows_total 1\n'])
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
})

test.each(['/', '/healthz/', '/metrics/x', '//healthz', '/%'])('%s is 404', async (path) => {
  await using server = await start()
  expect((await ask(server.port, path)).status).toBe(404)
})

test('HEAD is answered like GET, without a body', async () => {
  await using server = await start()
  const { status, headers, body } = await ask(server.port, '/metrics', 'HEAD')
  expect([status, body, headers.get('content-length')]).toEqual([200, '', '23'])
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is 405', async (method) => {
  await using server = await start()
  const { status, headers } = await ask(server.port, '/healthz', method)
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('I10 an error of a check is reported, and the answer is 500 without its text', async () => {
  const onError = vi.fn()
  const broken = new Error('password=hunter2')
  await using server = await start({ ready: () => Promise.reject(broken), onError })
  const { status, body } = await ask(server.port, '/readyz')
  expect([status, body]).toEqual([500, 'internal error\n'])
  expect(onError.mock.calls).toEqual([[broken]])
})

test('a port in use is an error with a code and the address', async () => {
  await using server = await start()
  const second = start({ port: server.port })
  await expect(second).rejects.toBeInstanceOf(ListenError)
  await expect(second).rejects.toMatchObject({
    code: 'port_taken',
    message: `127.0.0.1:${server.port} is in use by another process: stop it, or choose another port`,
  })
})

test('an address of another machine is an error with a code', async () => {
  await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'address_unknown' })
})

test('stopping frees the port even with open connections, and a second stop has no effect', async () => {
  const server = await start({ metrics: () => new Promise<string>(() => {}) })
  const idle = connect(server.port, '127.0.0.1')
  await once(idle, 'connect')
  const closed = once(idle, 'close')
  const hanging = ask(server.port, '/metrics')
  await Promise.all([server.stop(), closed, expect(hanging).rejects.toThrow()])
  await server.stop()
  await using next = await start({ port: server.port })
  expect((await ask(next.port, '/healthz')).status).toBe(200)
})
