import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Contender, ContenderPlace } from '../harness/contender.ts'

/** The single argument of a contender's script. */
export type ScriptPlace = { queueUrl: string; databaseUrl: string; tuning: Readonly<Record<string, number>> }

/** Starts a contender that is a script of this folder. It prints `receiving` when it is ready. */
export async function startScript(
  name: string,
  script: URL,
  { aws, queue, queueUrl, databaseUrl }: ContenderPlace,
  tuning: ScriptPlace['tuning'] = {},
): Promise<Contender> {
  const place: ScriptPlace = { queueUrl, databaseUrl, tuning }
  const child = spawn(process.execPath, [script.pathname, JSON.stringify(place)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...aws.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([once(lines, 'line'), ended])
  if (first[0] !== 'receiving') throw new Error(`${name} did not start: ${String(first[0])}`)
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  return { name, pids: [child.pid ?? 0], queue, databaseUrl, stop }
}
