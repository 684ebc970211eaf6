import type { IncomingHttpHeaders } from 'node:http'
import { BodyCutError, BodyLostError, joinChunks } from '../objects/read-body.ts'
import { CallTimeoutError, ConnectionClosedError } from './connection-errors.ts'
import type { HttpAnswer, HttpHead, HttpRequest } from './http-message.ts'
import type { ProgressWatch } from './progress-watch.ts'
import { type AnswerReader, createAnswerReader } from './read-http-answer.ts'

/** A request, and the callbacks that wait for its answer. */
export type Exchange = {
  request: HttpRequest
  resolve(answer: HttpAnswer): void
  reject(error: Error): void
}

/** Bodies of error answers are read up to this size. */
export const errorBytesMax = 65_536
/** A body of up to this declared length is allocated at once. A longer one is collected as it arrives. */
const allocatedBytesMax = 65_536

export type Collecting = {
  exchange: Exchange
  reader: AnswerReader
  hasHead(): boolean
  /** The connection ended before the answer did. */
  fail(error: Error): void
}

type CollectingEvents = {
  progress: ProgressWatch
  onEnd(isReusable: boolean, keepAliveMs: number): void
  giveUp(): void
}

/** Collects one answer, or gives it up. */
export function collectAnswer(exchange: Exchange, { progress, onEnd, giveUp }: CollectingEvents): Collecting {
  const { bytesMax = Number.POSITIVE_INFINITY } = exchange.request
  let head: HttpHead | undefined
  let limit = bytesMax
  let declared: number | undefined
  let received = 0
  let whole: Buffer | undefined
  const pieces: Buffer[] = []
  let endWatching: (() => void) | undefined

  function body(): Buffer {
    if (whole !== undefined) return whole.length === received ? whole : whole.subarray(0, received)
    return joinChunks(pieces, received)
  }

  function giveUpLong(known: HttpHead, sizeBytes: number): void {
    endWatching?.()
    exchange.resolve(answerOfLong(known, sizeBytes, body))
    giveUp()
  }

  const reader = createAnswerReader({
    head(known) {
      head = known
      limit = isSuccess(known) ? bytesMax : errorBytesMax
      declared = declaredLength(known.headers)
      if (declared === undefined) return
      if (isSuccess(known) && declared > bytesMax) giveUpLong(known, declared)
      else if (declared <= allocatedBytesMax) whole = Buffer.allocUnsafe(declared)
    },
    body(piece) {
      if (head === undefined) return
      received += piece.length
      if (received > limit) {
        received -= piece.length
        return giveUpLong(head, received + piece.length)
      }
      if (whole !== undefined) piece.copy(whole, received - piece.length)
      else pieces.push(Buffer.from(piece))
      if (received === declared) return
      // A body in one piece needs no watch.
      endWatching ??= progress.watch({
        bytesReceived: () => received,
        giveUp(error) {
          exchange.reject(new BodyLostError(received, error))
          giveUp()
        },
      })
    },
    end(isReusable) {
      endWatching?.()
      if (head === undefined) return
      exchange.resolve({ ...head, kind: 'answered', body: body() })
      onEnd(isReusable, keepAliveMsOf(head.headers))
    },
  })

  return {
    exchange,
    reader,
    hasHead: () => head !== undefined,
    fail(error) {
      endWatching?.()
      if (error instanceof ConnectionClosedError && reader.close()) return
      exchange.reject(head === undefined ? error : brokenBody(head.headers, received, error))
    },
  }
}

/** The answer whose body was given up at its limit. Of an error, the beginning of the body is its description. */
export function answerOfLong(head: HttpHead, sizeBytes: number, readSoFar: () => Buffer): HttpAnswer {
  if (isSuccess(head)) return { ...head, kind: 'too-large', sizeBytes }
  return { ...head, kind: 'answered', body: readSoFar() }
}

export function isSuccess({ statusCode }: HttpHead): boolean {
  return statusCode >= 200 && statusCode < 300
}

export function brokenBody(headers: IncomingHttpHeaders, received: number, error: Error): Error {
  if (error.name === 'AbortError') return error
  const declared = declaredLength(headers)
  const hasStalled =
    error instanceof CallTimeoutError || ('code' in error && error.code === 'UND_ERR_BODY_TIMEOUT')
  return declared === undefined || hasStalled
    ? new BodyLostError(received, error)
    : new BodyCutError(received, declared, error)
}

export function declaredLength(headers: IncomingHttpHeaders): number | undefined {
  const text = headers['content-length']
  return text === undefined ? undefined : Number(text)
}

/** `Keep-Alive: timeout=5`: the server's value, minus a second of latency. */
function keepAliveMsOf(headers: IncomingHttpHeaders): number {
  const seconds = /\btimeout=(\d{1,6})/i.exec(String(headers['keep-alive'] ?? ''))?.[1]
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1_000 - 1_000
}

export function abortError(): Error {
  return new DOMException('the call was aborted', 'AbortError')
}
