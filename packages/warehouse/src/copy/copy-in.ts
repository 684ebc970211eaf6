import pg from 'pg'

/** The data of one `COPY … from stdin` statement, in pieces. */
export type CopyPart = readonly Uint8Array[]

type Connection = {
  query(text: string): void
  stream: { cork(): void; uncork(): void; write(bytes: Uint8Array): void }
}

/**
 * A query that `pg` runs like its own, whose statements are all `COPY … from stdin`, with one part for each. The parts follow
 * the statements at once, not one by one when the server asks for each: with a dozen tables that would be a dozen round
 * trips. The server reads each part when it comes to its statement, and skips the rest once a statement has failed
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
 */
export function createCopyIn(
  text: string,
  parts: readonly CopyPart[],
): { query: pg.Query; done: Promise<void> } {
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
      // The data that it asks for is already on its way.
      handleCopyInResponse: () => {},
    }),
    done,
  }
}

/** The server reads a message whole, so pieces are joined into messages of about this size. */
const messageBytes = 65_536
/** https://www.postgresql.org/docs/current/protocol-message-formats.html: a letter, and a length that counts itself. */
const lengthBytes = 4
const headBytes = 1 + lengthBytes
const copyData = 'd'.charCodeAt(0)
const copyDone = Buffer.from([...Buffer.from('c'), 0, 0, 0, lengthBytes])

/** Everything that follows the query, in one buffer: the driver would copy each message once more. */
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
