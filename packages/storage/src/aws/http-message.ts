import type { IncomingHttpHeaders } from 'node:http'

export type HttpRequest = {
  method: 'GET' | 'POST'
  /** `https://host:port`, as `URL.origin` writes it. */
  origin: string
  /** As it goes over the wire: encoded, with its query. */
  path: string
  headers: Record<string, string>
  body?: string
  signal?: AbortSignal | undefined
  /** From the request's last byte to the answer's headers. */
  answerTimeoutMs: number
  /** Between two pieces of the answer's body. */
  idleTimeoutMs: number
  /** A longer body of a 2xx answer is given up, and its connection closed. Without it any length is read. */
  bytesMax?: number
}

export type HttpAnswer = HttpHead &
  (
    | { kind: 'answered'; body: Buffer }
    /** `sizeBytes` as the answer declared it, else as much as came until the limit was passed. */
    | { kind: 'too-large'; sizeBytes: number }
  )

export type HttpHead = {
  statusCode: number
  /** Names in lower case. */
  headers: IncomingHttpHeaders
}
