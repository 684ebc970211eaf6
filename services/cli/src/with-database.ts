import type { DatabaseConfig } from '@aftercall/runtime/config/config'
import { describeDatabasePlace } from '@aftercall/runtime/config/database-url'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { type DatabaseHandle, openDatabase, pingDatabase } from '@aftercall/warehouse/connection/database'
import { AccessError, requireAccess } from '@aftercall/warehouse/schema/access'
import { ServerError } from '@aftercall/warehouse/schema/require-server'
import { UsageError } from './cli-context.ts'

export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError'
  readonly code = 'database_unreachable'
  readonly retryable = true
  constructor(url: string, cause: unknown) {
    super(
      `cannot use the database at ${describeDatabasePlace(url)}: ${describeError(cause).replace(/\.$/, '')}. Check database.url (or DATABASE_URL), the network and the server.`,
      { cause },
    )
  }
}

/** Opens the database, runs `work`, and always closes the database. */
export async function withDatabase<Answer>(
  config: DatabaseConfig,
  work: (database: DatabaseHandle) => Promise<Answer>,
): Promise<Answer> {
  const database = openDatabase({
    ...config,
    applicationName: 'aftercall',
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

/**
 * The same for commands that load: checks first that the user may load, and is not a superuser unless that is allowed.
 * @throws UsageError for a superuser or a server that cannot hold the tables, AccessError for missing rights
 */
export async function withLoadingDatabase<Answer>(
  config: DatabaseConfig,
  work: (database: DatabaseHandle) => Promise<Answer>,
): Promise<Answer> {
  return withDatabase(config, async (database) => {
    await requireAccess(database.db, config).catch(refuseDatabase)
    return work(database)
  })
}

/** A wrong user or server is a wrong configuration, so it becomes a `UsageError`. */
export function refuseDatabase(error: unknown): never {
  const isRefused = error instanceof AccessError && error.code === 'superuser_refused'
  if (isRefused || error instanceof ServerError) {
    throw new UsageError(`database.url: ${error.message}`)
  }
  throw error
}
