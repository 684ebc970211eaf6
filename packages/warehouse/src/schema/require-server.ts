import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

export type ServerErrorCode = 'server_too_old' | 'server_encoding_unsupported'

/** The message says what to change. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly code: ServerErrorCode
  readonly retryable = false
  constructor(code: ServerErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export type ServerFacts = {
  /** Like `server_version_num`: 180004 is 18.4. */
  versionNumber: number
  /** Of this database. */
  encoding: string
}

const oldestVersion = 150_000

/**
 * Rejects a server that cannot run the migrations or store every document.
 * @throws ServerError
 */
export async function requireServer(db: Database): Promise<void> {
  const problem = judgeServer(await readServer(db))
  if (problem !== undefined) throw problem
}

export async function readServer(db: Database): Promise<ServerFacts> {
  const answer = await sql<ServerFacts>`
    select current_setting('server_version_num')::integer as "versionNumber", current_setting('server_encoding') as encoding
  `.execute(db)
  const [facts] = answer.rows
  if (facts === undefined) throw new Error('the server did not report its version')
  return facts
}

/**
 * Migrations use the syntax of Postgres 15, and documents contain characters of every script: a database in another
 * encoding would refuse some of them, or could not escape them in `jsonb`
 * (https://www.postgresql.org/docs/current/datatype-json.html).
 */
export function judgeServer({ versionNumber, encoding }: ServerFacts): ServerError | undefined {
  if (versionNumber < oldestVersion) {
    const message = `the server is Postgres ${versionText(versionNumber)}; use Postgres 15 or newer`
    return new ServerError('server_too_old', message)
  }
  if (encoding !== 'UTF8') {
    const fix = `create one with UTF8: create database aftercall encoding 'UTF8' template template0;`
    const message = `the database has the encoding ${encoding}, which cannot store every document; ${fix}`
    return new ServerError('server_encoding_unsupported', message)
  }
  return undefined
}

export function versionText(versionNumber: number): string {
  return `${Math.floor(versionNumber / 10_000)}.${versionNumber % 10_000}`
}
