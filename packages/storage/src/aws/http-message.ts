import type { IncomingHttpHeaders } from 'node:http'

export type HttpRequest = {
  method: 'GET' | 'POST'
  /** `https://host:port`, as `URL.origin` writes it. */
  origin: string
  /** Encoded, with its query. */
  path: string
  headers: Record<string, string>
  body?: string
  signal?: AbortSignal | undefined
  /** From the request's last byte to the answer's headers. */
  answerTimeoutMs: number
  /** Between two pieces of the body. */
  idleTimeoutMs: number
  /** Aborts a longer body of a 2xx answer and closes its connection. No limit by default. */
  bytesMax?: number
}

export type HttpAnswer = HttpHead &
  (
    | { kind: 'answered'; body: Buffer }
    /** `sizeBytes` is the declared size, or else the bytes that were read until the limit was passed. */
    | { kind: 'too-large'; sizeBytes: number }
  )

export type HttpHead = {
  statusCode: number
  /** Names in lower case. */
  headers: IncomingHttpHeaders
}
