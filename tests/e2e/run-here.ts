import { runCommand } from '../../services/cli/test/run-command.ts'
import type { Ended } from './command.ts'

/**
 * Runs a command in this process, as the built one answers, for half the CPU: for tests that are about its work, not about
 * processes, signals or streams.
 */
export async function runHere(
  args: string[],
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<Ended> {
  const { code, out, err } = await runCommand(args, env)
  return { code, signal: null, stdout: out, stderr: err }
}
