import type { Client, Connection, PoolClient, Submittable } from 'pg'

/** The methods that pg calls on a query during COPY (pg's `lib/query.js`). */
type CopyQuery = Submittable & {
  handleCopyInResponse(connection: CopyConnection): void
  handleCommandComplete(): void
  handleReadyForQuery(): void
  handleError(error: Error): void
}

/** Methods of pg's connection that its types lack. */
type CopyConnection = Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }

/** `copy … from stdin` with all its data: pg supports it on the wire, but has no query for it. */
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
      // The server still sends when it is ready for the next query.
      handleError(error) {
        failure = error
      },
    }
    client.query(query)
  })
}

/** A value in COPY's text format (https://www.postgresql.org/docs/current/sql-copy.html). */
export function copyText(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '\\N'
  return typeof value === 'string' ? value.replace(/[\\\n\r\t]/g, escapeCharacter) : String(value)
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCharacter(character: string): string {
  return escapes[character] ?? character
}
