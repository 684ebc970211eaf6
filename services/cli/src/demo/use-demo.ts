import { existsSync } from 'node:fs'
import { type CliContext, type CommonOptions, defaultConfigPath } from '../cli-context.ts'
import { findDemos } from './demo-state.ts'

/** Who names a place of their own means that one. A profile or a region says nothing about a place. */
const namesOfPlaces = [
  ...['AFTERCALL_CONFIG', 'DATABASE_URL'],
  ...['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_SQS'],
]

/**
 * Where nothing is configured and a demo runs on this machine, the command is to use the demo's configuration, and its S3
 * and SQS in place of AWS. Says on standard error that it does. Returns the environment for the command.
 */
export async function useDemo(
  { env, stderr }: CliContext,
  { config }: CommonOptions,
): Promise<CliContext['env']> {
  const isConfigured = config !== undefined || namesOfPlaces.some((name) => env[name] !== undefined)
  if (isConfigured || existsSync(defaultConfigPath)) return env
  const { demos, refused } = await findDemos(env)
  for (const sentence of refused) stderr.write(`aftercall: ${sentence}\n`)
  const [demo] = demos
  if (demo === undefined) return env
  const others = demos.length === 1 ? '' : `, the newest of ${demos.length}`
  stderr.write(
    `Nothing is configured here: using the demo of process ${demo.pid}${others} (${demo.configPath}).\n`,
  )
  return { ...withoutAws(env), ...demo.awsEnvironment, AFTERCALL_CONFIG: demo.configPath }
}

/** Nothing of the user's own AWS account may reach the demo, or the demo that account. */
export function withoutAws(env: CliContext['env']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')))
}
