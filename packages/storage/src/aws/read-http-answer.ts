import type { HttpHead } from './http-message.ts'
import { UnreadableAnswerError } from './service-answer.ts'

/** Receives the parts of an answer while it is read. */
export type AnswerSink = {
  head(head: HttpHead): void
  /** A part of the body. Valid only during the call: the bytes are overwritten afterwards. */
  body(piece: Buffer): void
  /** The answer is whole. `isReusable`: the connection can carry another request. */
  end(isReusable: boolean): void
}

export type AnswerReader = {
  /** Takes the next bytes of the connection. @throws UnreadableAnswerError for what is not HTTP/1.1. */
  take(piece: Buffer): void
  /** The other side closed the connection. True if that is how the answer ends: it declared no length. */
  close(): boolean
}

/** The limit of Node and undici. The head of an answer of S3 or SQS has less than 1 KiB. */
const headBytesMax = 16_384
const chunkLineBytesMax = 1_024

type Reading = {
  sink: AnswerSink
  state: 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close' | 'over'
  /** The beginning of a head or of a line. */
  pending: Buffer
  /** Of the body or of the chunk. */
  bytesLeft: number
  trailerBytes: number
  isReusable: boolean
}

/**
 * Reads one answer of HTTP/1.1 (RFC 9112) from the pieces in which it arrives. Skips interim answers (1xx). Refuses what two
 * readers could understand differently: two lengths, a length with chunks, folded lines.
 */
export function createAnswerReader(sink: AnswerSink): AnswerReader {
  const reading: Reading = {
    sink,
    state: 'head',
    pending: empty,
    bytesLeft: 0,
    trailerBytes: 0,
    isReusable: false,
  }
  return {
    take(piece) {
      for (let rest = piece; rest.length > 0; ) rest = takeOnce(reading, rest)
    },
    close() {
      if (reading.state !== 'until-close') return false
      finish(reading)
      return true
    },
  }
}

const empty = Buffer.alloc(0)
const endOfHead = Buffer.from('\r\n\r\n')
const endOfLine = Buffer.from('\r\n')

/** Returns the rest of the piece. */
function takeOnce(reading: Reading, piece: Buffer): Buffer {
  switch (reading.state) {
    case 'head':
      return readHead(reading, piece)
    case 'length':
    case 'chunk':
      return readBytes(reading, piece)
    case 'chunk-size':
      return readChunkSize(reading, piece)
    case 'chunk-end':
      return readChunkEnd(reading, piece)
    case 'trailer':
      return readTrailer(reading, piece)
    case 'until-close':
      reading.sink.body(piece)
      return empty
    case 'over':
      throw new UnreadableAnswerError('bytes after the end of the answer')
  }
}

function readHead(reading: Reading, piece: Buffer): Buffer {
  const taken = takeUpTo(reading, endOfHead, headBytesMax, piece)
  if (taken === undefined) return empty
  const { version, ...head } = parseHead(taken.text)
  if (head.statusCode < 200) {
    if (head.statusCode === 101) throw new UnreadableAnswerError('an answer that changes the protocol')
    return taken.rest
  }
  const length = bodyLengthOf(head)
  const closes = /\bclose\b/i.test(head.headers.connection ?? '')
  reading.isReusable = version === '1.1' && length !== 'until-close' && !closes
  reading.state = typeof length === 'number' ? 'length' : length
  reading.bytesLeft = typeof length === 'number' ? length : 0
  reading.sink.head(head)
  if (length === 0) finish(reading)
  return taken.rest
}

/** Reads bytes of a body of known length, or of a chunk. */
function readBytes(reading: Reading, piece: Buffer): Buffer {
  const part = piece.length <= reading.bytesLeft ? piece : piece.subarray(0, reading.bytesLeft)
  reading.bytesLeft -= part.length
  reading.sink.body(part)
  if (reading.bytesLeft === 0) {
    if (reading.state === 'length') finish(reading)
    else reading.state = 'chunk-end'
  }
  return piece.subarray(part.length)
}

function readChunkSize(reading: Reading, piece: Buffer): Buffer {
  const taken = takeUpTo(reading, endOfLine, chunkLineBytesMax, piece)
  if (taken === undefined) return empty
  const size = notText.test(taken.text) ? undefined : chunkLine.exec(taken.text)?.[1]
  if (size === undefined) throw new UnreadableAnswerError('a chunk without a size')
  reading.bytesLeft = Number.parseInt(size, 16)
  reading.state = reading.bytesLeft === 0 ? 'trailer' : 'chunk'
  return taken.rest
}

function readChunkEnd(reading: Reading, piece: Buffer): Buffer {
  const taken = takeUpTo(reading, endOfLine, 0, piece)
  if (taken === undefined) return empty
  reading.state = 'chunk-size'
  return taken.rest
}

function readTrailer(reading: Reading, piece: Buffer): Buffer {
  const taken = takeUpTo(reading, endOfLine, headBytesMax - reading.trailerBytes, piece)
  if (taken === undefined) return empty
  if (taken.text !== '') readHeader(taken.text)
  reading.trailerBytes += taken.text.length + endOfLine.length
  if (taken.text === '') finish(reading)
  return taken.rest
}

function finish(reading: Reading): void {
  reading.state = 'over'
  reading.sink.end(reading.isReusable)
}

/** The text up to the end of a line or of the head, or undefined if that has not arrived yet. */
function takeUpTo(
  reading: Reading,
  mark: Buffer,
  bytesMax: number,
  piece: Buffer,
): { text: string; rest: Buffer } | undefined {
  const bytes = reading.pending.length === 0 ? piece : Buffer.concat([reading.pending, piece])
  const at = bytes.indexOf(mark)
  // If the mark has not arrived, everything is text except for a possible beginning of the mark.
  if ((at === -1 ? bytes.length - mark.length + 1 : at) > bytesMax)
    throw new UnreadableAnswerError(`a head or a line of more than ${bytesMax} bytes`)
  if (at === -1) {
    // The next piece overwrites the buffer of this one.
    reading.pending = bytes === piece ? Buffer.from(piece) : bytes
    return undefined
  }
  reading.pending = empty
  return { text: bytes.toString('latin1', 0, at), rest: bytes.subarray(at + mark.length) }
}

/** Control characters, and a CR or LF without the other. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const notText = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/
const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?$/
/** The size, and extensions that nothing uses. */
const chunkLine = /^([0-9a-f]{1,8})(?:;[!#$%&'*+.^_`|~0-9a-z=";-]*)?$/i
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

function parseHead(text: string): HttpHead & { version: '1.0' | '1.1' } {
  if (notText.test(text)) throw new UnreadableAnswerError('a head with control characters')
  const [first = '', ...lines] = text.split('\r\n')
  const [, minor, status] = statusLine.exec(first) ?? []
  if (status === undefined) throw new UnreadableAnswerError('an answer that does not begin as HTTP/1.1 does')
  const headers: Record<string, string> = Object.create(null)
  for (const line of lines) {
    const { name, value } = readHeader(line)
    const before = headers[name]
    headers[name] = before === undefined ? value : `${before}, ${value}`
  }
  return { statusCode: Number(status), headers, version: minor === '0' ? '1.0' : '1.1' }
}

function readHeader(line: string): { name: string; value: string } {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0)).toLowerCase()
  if (!headerName.test(name)) throw new UnreadableAnswerError('a line of the head that is no header')
  return { name, value: line.slice(colon + 1).trim() }
}

/** RFC 9112, section 6.3. */
function bodyLengthOf({ statusCode, headers }: HttpHead): number | 'chunk-size' | 'until-close' {
  const { 'transfer-encoding': encoding, 'content-length': length } = headers
  if (statusCode === 204 || statusCode === 304) return 0
  if (encoding !== undefined) {
    if (length !== undefined || encoding.toLowerCase() !== 'chunked')
      throw new UnreadableAnswerError('a body in an encoding other than chunks, or with two lengths')
    return 'chunk-size'
  }
  if (length === undefined) return 'until-close'
  if (!/^\d{1,15}$/.test(length)) throw new UnreadableAnswerError('a length that is no number')
  return Number(length)
}
