import pg from 'pg'

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
  stream: { cork(): void; uncork(): void; write(bytes: Uint8Array): void }
}

/**
 * What `pg` runs in place of a query. The parts follow the statements at once, not one by one when the server asks for
 * each: with a dozen tables that would be a dozen round trips. The server reads them when it comes to them, and passes over
 * what is left once a statement has failed (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
 */
export function createCopyIn(text: string, { parts }: CopySource): { query: pg.Query; done: Promise<void> } {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  const query = new pg.Query(text)
  return {
    query: Object.assign(query, {
      callback: (error: Error | null) => (error === null ? resolve() : reject(error)),
      submit: (connection: Connection) => {
        connection.stream.cork()
        connection.query(text)
        connection.stream.write(writeCopyMessages(parts))
        connection.stream.uncork()
      },
      // What it asks for is on its way.
      handleCopyInResponse: () => {},
    }),
    done,
  }
}

/** The server takes a message whole, so pieces are put together into messages of about this size. */
const messageBytes = 65_536
/** https://www.postgresql.org/docs/current/protocol-message-formats.html: a letter, and a length that counts itself. */
const lengthBytes = 4
const headBytes = 1 + lengthBytes
const copyData = 'd'.charCodeAt(0)
const copyDone = Buffer.from([...Buffer.from('c'), 0, 0, 0, lengthBytes])

/** All that follows the query, in one piece: the driver would copy every message once more. */
function writeCopyMessages(parts: readonly CopyPart[]): Uint8Array {
  const out = Buffer.allocUnsafeSlow(parts.reduce((bytes, part) => bytes + bytesMaxOf(part), 0))
  let at = 0
  for (const part of parts) {
    let head = at
    at += headBytes
    for (const piece of part) {
      if (at - head > messageBytes) {
        writeHead(out, head, at)
        head = at
        at += headBytes
      }
      out.set(piece, at)
      at += piece.length
    }
    writeHead(out, head, at)
    out.set(copyDone, at)
    at += copyDone.length
  }
  return out.subarray(0, at)
}

function bytesMaxOf(part: CopyPart): number {
  const bytes = part.reduce((sum, piece) => sum + piece.length, 0)
  const messagesMax = 1 + Math.ceil(bytes / (messageBytes - headBytes))
  return bytes + messagesMax * headBytes + copyDone.length
}

function writeHead(out: Buffer, head: number, end: number): void {
  out[head] = copyData
  out.writeUInt32BE(end - head - 1, head + 1)
}
