import { existsSync } from 'node:fs'
import { type CliContext, type CommonOptions, defaultConfigPath } from '../cli-context.ts'
import { findDemos } from './demo-state.ts'

/** Setting one of these means that the user has a database or store of their own. AWS_PROFILE or AWS_REGION does not. */
const placeVariables = [
  'AFTERCALL_CONFIG',
  'DATABASE_URL',
  'DATABASE_HOST',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'AWS_ENDPOINT_URL_SQS',
]

/**
 * Without a configuration, a command uses a demo that runs on this machine: its configuration, and its S3 and SQS in
 * place of AWS. Says so on stderr. Returns the environment for the command. A command that needs the owner of the tables
 * gets the demo's login that migrates; no other command has its rights.
 */
export async function useDemo(
  { env, stderr }: CliContext,
  { config }: CommonOptions,
  { needsOwner }: { needsOwner: boolean },
): Promise<CliContext['env']> {
  const isConfigured = config !== undefined || placeVariables.some((name) => env[name] !== undefined)
  if (isConfigured || existsSync(defaultConfigPath)) return env
  const { demos, refused } = await findDemos(env)
  for (const sentence of refused) stderr.write(`warning: ${sentence}\n`)
  const [demo] = demos
  if (demo === undefined) return env
  const others = demos.length === 1 ? '' : `, the newest of ${demos.length}`
  const configPath = needsOwner ? demo.ownerConfigPath : demo.configPath
  const asOwner = needsOwner ? ', with its login that owns the tables' : ''
  stderr.write(
    `No configuration found: using the demo of process ${demo.pid}${others} (${configPath})${asOwner}.\n`,
  )
  return { ...withoutAws(env), ...demo.awsEnvironment, AFTERCALL_CONFIG: configPath }
}

/** Removes the user's AWS settings, so that the demo never reaches their account. */
export function withoutAws(env: CliContext['env']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')))
}
