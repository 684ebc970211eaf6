import type { DatabaseConfig } from '@aftercall/runtime/config/config'

/** A search for a person reads every document of the source in one statement, which may take hours. */
export function databaseForSearch(database: DatabaseConfig): DatabaseConfig {
  return { ...database, statementTimeoutSeconds: 86_400 }
}
