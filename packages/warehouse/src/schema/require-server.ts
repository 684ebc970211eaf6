import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

export type ServerErrorCode = 'server_too_old' | 'server_encoding_unsupported' | 'server_read_only'

/** The message says what to change. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly code: ServerErrorCode
  /** A standby is promoted when its primary has failed; the others stay what they are. */
  readonly retryable: boolean
  constructor(code: ServerErrorCode, message: string) {
    super(message)
    this.code = code
    this.retryable = code === 'server_read_only'
  }
}

export type ServerFacts = {
  /** Like `server_version_num`: 180004 is 18.4. */
  versionNumber: number
  /** Of this database. */
  encoding: string
  /** A standby follows another server and takes no writes until it is promoted. */
  isStandby: boolean
  /** Whether a transaction that does not say otherwise can only read. Always true on a standby. */
  isReadOnly: boolean
}

const oldestVersion = 150_000

/**
 * Rejects a server that cannot run the migrations or store every document, or that takes no writes now.
 * @throws ServerError
 */
export async function requireServer(db: Database): Promise<void> {
  const facts = await readServer(db)
  const problem = judgeServer(facts) ?? judgeWrites(facts)
  if (problem !== undefined) throw problem
}

export async function readServer(db: Database): Promise<ServerFacts> {
  const answer = await sql<ServerFacts>`
    select current_setting('server_version_num')::integer as "versionNumber", current_setting('server_encoding') as encoding,
           pg_catalog.pg_is_in_recovery() as "isStandby",
           current_setting('transaction_read_only') = 'on' as "isReadOnly"
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
export function judgeServer({
  versionNumber,
  encoding,
}: Pick<ServerFacts, 'versionNumber' | 'encoding'>): ServerError | undefined {
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

const primaryAdvice =
  'use the primary, or name all servers in database.url: postgres://…@one,two/aftercall?target_session_attrs=read-write'

export function judgeWrites({
  isStandby,
  isReadOnly,
}: Pick<ServerFacts, 'isStandby' | 'isReadOnly'>): ServerError | undefined {
  if (isStandby) {
    return new ServerError(
      'server_read_only',
      `the server is a standby and takes no writes; ${primaryAdvice}`,
    )
  }
  if (isReadOnly) {
    const message = `the server takes no writes (default_transaction_read_only is on for it, the database or the login); turn it off, or ${primaryAdvice}`
    return new ServerError('server_read_only', message)
  }
  return undefined
}

export function versionText(versionNumber: number): string {
  return `${Math.floor(versionNumber / 10_000)}.${versionNumber % 10_000}`
}
