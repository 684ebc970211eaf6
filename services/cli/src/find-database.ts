import type { DatabaseConfig } from '@aftercall/runtime/config/config'
import { type CliContext, type CommonOptions, requireConfig } from './cli-context.ts'

/** The configured database; where nothing is configured, that of the demo (`useDemo`). */
export async function findDatabase(context: CliContext, options: CommonOptions): Promise<DatabaseConfig> {
  return (await requireConfig(context, options, ['database'])).database
}
