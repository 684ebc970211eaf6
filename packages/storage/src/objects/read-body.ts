import type { Readable } from 'node:stream'

export type ReadBody = { kind: 'read'; bytes: Uint8Array } | { kind: 'too-large'; sizeBytes: number }

export type ReadBodyOptions = {
  bytesMax: number
  /** Content-Length, if the answer has one. */
  bytesDeclared: number | undefined
  signal: AbortSignal | undefined
}

/** The body ended before the length its answer declared. */
export class BodyCutError extends Error {
  override readonly name = 'BodyCutError'
  readonly code = 'body_cut'
  readonly retryable = true
  readonly bytesReceived: number
  readonly bytesDeclared: number

  constructor(bytesReceived: number, bytesDeclared: number, cause?: Error) {
    super(`the body ended after ${bytesReceived} of ${bytesDeclared} bytes`, { cause })
    this.bytesReceived = bytesReceived
    this.bytesDeclared = bytesDeclared
  }
}

/** The connection failed between the headers and the end of the body. The cause says why. */
export class BodyLostError extends Error {
  override readonly name = 'BodyLostError'
  readonly code = 'body_lost'
  readonly retryable = true

  constructor(bytesReceived: number, cause: Error) {
    super(`the body stopped after ${bytesReceived} bytes: ${cause.message}`, { cause })
  }
}

/** Reads a whole body, or stops at the limit. The connection is then closed, not drained. */
export async function readBody(body: Readable, options: ReadBodyOptions): Promise<ReadBody> {
  const { bytesMax, bytesDeclared, signal } = options
  const abort = (): void => {
    body.destroy(new DOMException('the fetch was aborted', 'AbortError'))
  }
  signal?.addEventListener('abort', abort, { once: true })
  try {
    if (signal?.aborted) abort()
    if (bytesDeclared !== undefined && bytesDeclared > bytesMax) return giveUp(body, bytesDeclared)
    const chunks: Buffer[] = []
    let received = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.byteLength
      if (received > bytesMax) return giveUp(body, received)
      chunks.push(chunk)
    }
    if (bytesDeclared !== undefined && received !== bytesDeclared)
      throw new BodyCutError(received, bytesDeclared)
    return { kind: 'read', bytes: joinChunks(chunks, received) }
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/** A body that arrived in one chunk is not copied. */
export function joinChunks(chunks: readonly Buffer[], bytesReceived: number): Buffer {
  const [first] = chunks
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, bytesReceived)
}

function giveUp(body: Readable, sizeBytes: number): ReadBody {
  // On some Node versions, destroying makes the stream emit an error that nothing handles any more.
  body.on('error', () => {})
  body.destroy()
  return { kind: 'too-large', sizeBytes }
}
