import type { DatabaseConfig } from '@aftercall/runtime/config'
import { describeError } from '@aftercall/runtime/describe-error'
import { type DatabaseHandle, openDatabase, pingDatabase } from '@aftercall/warehouse/database'

export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError'
  readonly code = 'database_unreachable'
  readonly retryable = true
  constructor(url: string, cause: unknown) {
    super(`cannot use the database at ${placeOf(url)}: ${describeError(cause)}`, { cause })
  }
}

/** Runs with an open database and closes it whatever happens. */
export async function withDatabase<Answer>(
  config: DatabaseConfig,
  work: (database: DatabaseHandle) => Promise<Answer>,
): Promise<Answer> {
  const database = openDatabase({
    url: config.url,
    poolMax: config.poolMax,
    applicationName: 'aftercall',
    statementTimeoutSeconds: config.statementTimeoutSeconds,
    onIdleError: () => {
      // The next query opens another connection, or fails with the reason.
    },
  })
  try {
    await pingDatabase(database.db).catch((error: unknown) => {
      throw new DatabaseUnreachableError(config.url, error)
    })
    return await work(database)
  } finally {
    await database.close()
  }
}

/** Host, port and database; never the user's password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `${hostname}:${port || 5432}${pathname}`
}
