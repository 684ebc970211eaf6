import { existsSync } from 'node:fs'
import type { DatabaseConfig } from '@aftercall/runtime/config'
import { type CliContext, type CommonOptions, defaultConfigPath, requireConfig } from './cli-context.ts'
import { readDemoState } from './demo/demo-state.ts'

/** The configured database; where none is named, the one of the demo that runs on this machine. */
export async function findDatabase(context: CliContext, options: CommonOptions): Promise<DatabaseConfig> {
  const named = options.config ?? context.env.AFTERCALL_CONFIG ?? context.env.DATABASE_URL
  const demo = named === undefined && !existsSync(defaultConfigPath) ? await readDemoState() : undefined
  // The demo's own server has no other login.
  if (demo !== undefined) {
    return { url: demo.databaseUrl, poolMax: 2, statementTimeoutSeconds: 60, allowSuperuser: true }
  }
  return (await requireConfig(context, options, ['database'])).database
}
