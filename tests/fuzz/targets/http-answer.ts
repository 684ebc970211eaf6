import { isDeepStrictEqual } from 'node:util'
import { must, type Target } from '../target.ts'
import { type ReadAnswer, readByNode, readPieces } from './answer-bytes.ts'

const heads = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "a"\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;a=b\r\nhello\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n',
  'HTTP/1.0 503 Slow Down\r\nRetry-After: 1\r\nKeep-Alive: timeout=5\r\n\r\n<Error><Code>SlowDown</Code></Error>',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
]

/** What arrives on a socket of the hot calls, read by our own parser. */
export function httpAnswer(): Target {
  return {
    name: 'http-answer',
    bytesMax: 49_152,
    form: 'text',
    seeds: () => heads.map((text) => Buffer.from(text, 'latin1')),
    words: [
      '\r\n',
      '\r',
      '\n',
      '\0',
      ': ',
      ' ',
      '\t',
      ';',
      '0\r\n\r\n',
      'ffffffff',
      'Content-Length: 5\r\n',
      'Content-Length: 5, 5\r\n',
      'Transfer-Encoding: gzip, chunked\r\n',
      'Connection: close\r\n',
      'Connection: keep-alive\r\n',
      'HTTP/1.1 200\r\n',
      'HTTP/2 200 OK\r\n',
      ' folded\r\n',
      '\x80',
    ],
    bound: {
      steps: { least: 20_000, perByte: 50 },
      allocated: { least: 2_000_000, perByte: 3_000 },
    },
    async read(bytes) {
      const whole = readPieces([bytes])
      checkPieces(bytes, whole)
      if (whole === 'refused' || whole === 'cut') return whole
      const { statusCode, body } = whole
      const other = await readByNode(bytes)
      must(other !== 'refused', 'what llhttp refuses is not read')
      must(other.statusCode === statusCode && other.body.equals(body), 'an answer is read as llhttp reads it')
      return whole
    },
  }
}

/** Which rule is broken first may depend on the pieces; what is read does not. */
function checkPieces(bytes: Uint8Array, whole: ReadAnswer | 'cut' | 'refused'): void {
  const size = bytes.length % 7 === 0 ? 1 : 1 + (bytes.length % 61)
  // Single bytes of a long body say nothing more.
  if (bytes.length / size > 4_096) return
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )
  const inPieces = readPieces(pieces)
  must(isDeepStrictEqual(inPieces, whole), 'an answer is the same from any pieces')
}
