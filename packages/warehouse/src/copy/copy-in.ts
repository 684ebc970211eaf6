import type { Submittable } from 'pg'

/** What one `COPY … from stdin` of a query's statements is given, in pieces. */
export type CopyPart = readonly Uint8Array[]

const isCopySource: unique symbol = Symbol('copy source')

/** Stands for the parameters of a query whose statements are all `COPY … from stdin`; one part for each. */
export type CopySource = { [isCopySource]: true; parts: readonly CopyPart[] }

export function copySource(parts: readonly CopyPart[]): CopySource {
  return { [isCopySource]: true, parts }
}

export function readCopySource(parameters: readonly unknown[]): CopySource | undefined {
  const [first] = parameters
  return typeof first === 'object' && first !== null && isCopySource in first
    ? (first as CopySource)
    : undefined
}

type Connection = {
  query(text: string): void
  sendCopyFromChunk(bytes: Uint8Array): void
  endCopyFrom(): void
  stream: { cork(): void; uncork(): void }
}

/** Pieces are put together into messages of about this size: small ones cost a write each. */
const chunkBytes = 65_536

/**
 * What `pg` runs in place of a query. The parts follow the statements at once, not one by one when the server asks for
 * each: with a dozen tables that would be a dozen round trips. The server reads them when it comes to them, and passes over
 * what is left once a statement has failed (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
 */
export function createCopyIn(
  text: string,
  { parts }: CopySource,
): { query: Submittable; done: Promise<void> } {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  let hasFailed = false
  const query = {
    submit: (connection: Connection) => {
      connection.stream.cork()
      connection.query(text)
      for (const part of parts) {
        for (const chunk of joinPieces(part)) connection.sendCopyFromChunk(chunk)
        connection.endCopyFrom()
      }
      connection.stream.uncork()
    },
    handleCopyInResponse: () => {},
    handleError: (error: Error) => {
      hasFailed = true
      reject(error)
    },
    // An error ends the whole query; only then is the connection free again.
    handleReadyForQuery: () => {
      if (!hasFailed) resolve()
    },
    handleCommandComplete: () => {},
    handleEmptyQuery: () => {},
    handleRowDescription: () => {},
    handleDataRow: () => {},
  }
  // `pg` types its own connection as an event emitter, without what it sends.
  return { query: query as unknown as Submittable, done }
}

function* joinPieces(pieces: CopyPart): Generator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for (const piece of pieces) {
    waiting.push(piece)
    bytes += piece.length
    if (bytes < chunkBytes) continue
    yield join(waiting)
    waiting = []
    bytes = 0
  }
  if (waiting.length > 0) yield join(waiting)
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces)
}
