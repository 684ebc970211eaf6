import { createServer, type Server } from 'node:net'
import fc from 'fast-check'
import { request as requestByUndici } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgressWatch } from '../src/aws/progress-watch.ts'
import { createAnswerReader } from '../src/aws/read-http-answer.ts'
import { createSocketPool } from '../src/aws/socket-pool.ts'
import './fast-check-seed.ts'

type Read = { statusCode: number; headers: object; body: string; isReusable: boolean } | { error: string }

/** Reads these pieces, and then the end of the connection if the answer has not ended before. */
function read(pieces: readonly Buffer[]): Read {
  let found: Read = { error: 'cut' }
  let head = { statusCode: 0, headers: {} }
  const bodies: Buffer[] = []
  const reader = createAnswerReader({
    head: (known) => {
      head = { statusCode: known.statusCode, headers: { ...known.headers } }
    },
    body: (piece) => void bodies.push(Buffer.from(piece)),
    end: (isReusable) => {
      found = { ...head, body: Buffer.concat(bodies).toString('latin1'), isReusable }
    },
  })
  // As on a socket: each piece is in the same buffer, which the next one overwrites.
  const shared = Buffer.alloc(Math.max(1, ...pieces.map((piece) => piece.length)))
  try {
    for (const piece of pieces) {
      piece.copy(shared)
      reader.take(shared.subarray(0, piece.length))
    }
    reader.close()
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
  return found
}

function split(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...cuts, bytes.length].map((to, at) => bytes.subarray(at === 0 ? 0 : cuts[at - 1], to))
}

const token = fc
  .stringMatching(/^[a-z][a-z0-9-]{0,12}$/)
  .filter((name) => !/^(content-length|transfer-encoding|connection|keep-alive|trailer|upgrade)$/.test(name))
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))

/** An answer as a careful server writes it. */
const goodAnswerWith = (interim: fc.Arbitrary<boolean>) =>
  fc
    .record({
      status: fc.constantFrom(200, 206, 301, 403, 404, 412, 500, 503),
      headers: fc.array(fc.tuple(token, value), { maxLength: 6 }),
      body,
      framing: fc.constantFrom('length', 'chunks', 'chunks with a trailer', 'close'),
      chunk: fc.integer({ min: 1, max: 90 }),
      interim,
    })
    .map(({ status, headers, body: content, framing, chunk, interim }) => {
      const lines = headers.map(([name, text]) => `${name}: ${text}\r\n`).join('')
      const first = `${interim ? 'HTTP/1.1 100 Continue\r\n\r\n' : ''}HTTP/1.1 ${status} Words\r\n${lines}`
      if (framing === 'length')
        return { bytes: join(`${first}Content-Length: ${content.length}\r\n\r\n`, content), status, content }
      if (framing === 'close')
        return { bytes: join(`${first}Connection: close\r\n\r\n`, content), status, content }
      const chunks: (string | Buffer)[] = [`${first}Transfer-Encoding: chunked\r\n\r\n`]
      for (let at = 0; at < content.length; at += chunk) {
        const part = content.subarray(at, at + chunk)
        chunks.push(`${part.length.toString(16)};name=value\r\n`, part, '\r\n')
      }
      chunks.push(framing === 'chunks' ? '0\r\n\r\n' : '0\r\nX-Checksum: abc\r\n\r\n')
      return { bytes: join(...chunks), status, content }
    })

function join(...parts: (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
}

const goodAnswer = goodAnswerWith(fc.boolean())
/** undici refuses interim answers. */
const finalAnswer = goodAnswerWith(fc.constant(false))

describe('the reader of answers', () => {
  it('reads the same from any pieces: status, headers and body as they were written', () => {
    fc.assert(
      fc.property(
        goodAnswer,
        fc.array(fc.nat(600), { maxLength: 12 }),
        ({ bytes, status, content }, places) => {
          const whole = read([bytes])
          expect(whole).toMatchObject({ statusCode: status, body: content.toString('latin1') })
          expect(read(split(bytes, places))).toEqual(whole)
        },
      ),
    )
  })

  it('of bytes at random, reads the same from any pieces or refuses them', () => {
    const noise = fc.array(
      fc.oneof(
        fc.constantFrom(
          'HTTP/1.1 200 OK\r\n',
          '\r\n',
          'Content-Length: 5\r\n',
          'Transfer-Encoding: chunked\r\n',
          '5\r\nhello\r\n',
          '0\r\n\r\n',
          ': ',
          '\n',
          '\0',
        ),
        fc.string({ maxLength: 8 }),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(noise, fc.array(fc.nat(200), { maxLength: 8 }), (parts, places) => {
        const bytes = join(...parts)
        const whole = read([bytes])
        const inPieces = read(split(bytes, places))
        // Which rule is broken first may depend on the pieces, whether one is broken does not.
        if ('error' in whole) expect(inPieces).toHaveProperty('error')
        else expect(inPieces).toEqual(whole)
      }),
    )
  })

  it.each([
    ['two different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello'],
    ['another encoding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
    ['a line without a colon', 'HTTP/1.1 200 OK\r\nhello\r\n\r\n'],
    ['a space in a name', 'HTTP/1.1 200 OK\r\nContent Length: 5\r\n\r\nhello'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n'],
    ['another version', 'HTTP/2 200\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    [
      'a chunk that is longer than it says',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n',
    ],
    ['a control character', 'HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 0\r\n\r\n'],
    ['a line that ends in LF alone', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n'],
    ['bytes after the end', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello'],
    ['a head without an end', `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(20_000)}`],
    [
      'a size of a chunk without an end',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1'.repeat(2_000)}`,
    ],
    [
      'a trailer without an end',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'A: b\r\n'.repeat(4_000)}`,
    ],
  ])('refuses %s', (_what, text) => {
    expect(read([Buffer.from(text, 'latin1')])).toHaveProperty('error')
    expect(read([...Buffer.from(text, 'latin1')].map((byte) => Buffer.from([byte])))).toHaveProperty('error')
  })
})

describe('beside undici', () => {
  let server: Server
  let origin: string
  let answer = Buffer.alloc(0)

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  it('answers the same, for good answers and for those that are cut or have a byte changed', async () => {
    const changed = fc.option(fc.tuple(fc.nat(400), fc.constantFrom(0, 10, 13, 32, 48, 57, 58, 65)), {
      nil: undefined,
    })
    await fc.assert(
      fc.asyncProperty(
        finalAnswer,
        changed,
        fc.option(fc.nat(400), { nil: undefined }),
        async (good, change, cut) => {
          answer = Buffer.from(good.bytes)
          if (change !== undefined) answer[change[0] % answer.length] = change[1]
          if (cut !== undefined) answer = answer.subarray(0, cut)
          const pool = createSocketPool(origin, {
            connectionsMax: 1,
            connectTimeoutMs: 5_000,
            keepAliveMs: 5_000,
            progress: createProgressWatch(),
          })
          const request = {
            method: 'GET',
            origin,
            path: '/',
            headers: {},
            answerTimeoutMs: 5_000,
            idleTimeoutMs: 5_000,
          } as const
          const own = await pool.call(request).then(
            (found) => ({
              status: found.statusCode,
              body: found.kind === 'answered' ? found.body.toString('latin1') : '',
            }),
            () => 'refused' as const,
          )
          pool.destroy()
          const other = await requestByUndici(origin)
            .then(
              async (found) => ({
                status: found.statusCode,
                body: Buffer.from(await found.body.arrayBuffer()).toString('latin1'),
              }),
              () => 'refused' as const,
            )
            .catch(() => 'refused' as const)
          // Ours may refuse what undici reads; it never reads what undici refuses, or reads it differently.
          if (own !== 'refused') expect(own).toEqual(other)
          else if (change === undefined && cut === undefined) expect(other).toBe('refused')
        },
      ),
      { numRuns: 400 },
    )
  })
})
