import type { Client, Connection, PoolClient, Submittable } from 'pg'

/** What pg calls on a query while the server answers it, as far as COPY needs it (pg's `lib/query.js`). */
type CopyQuery = Submittable & {
  handleCopyInResponse(connection: CopyConnection): void
  handleCommandComplete(): void
  handleReadyForQuery(): void
  handleError(error: Error): void
}

/** The part of pg's connection that its types leave out. */
type CopyConnection = Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }

/** `copy … from stdin` with all of its data at once: pg has it on the wire, but no query for it. */
export function copyFrom(client: Client | PoolClient, text: string, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined
    const query: CopyQuery = {
      submit: (connection) => connection.query(text),
      handleCopyInResponse(connection) {
        connection.sendCopyFromChunk(data)
        connection.endCopyFrom()
      },
      handleCommandComplete() {},
      handleReadyForQuery: () => (failure === undefined ? resolve() : reject(failure)),
      // The server still says when it is ready for the next query.
      handleError(error) {
        failure = error
      },
    }
    client.query(query)
  })
}

/** A value of COPY's text format (https://www.postgresql.org/docs/current/sql-copy.html). */
export function copyText(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '\\N'
  return typeof value === 'string' ? value.replace(/[\\\n\r\t]/g, escapeCharacter) : String(value)
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCharacter(character: string): string {
  return escapes[character] ?? character
}
