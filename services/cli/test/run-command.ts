import { PassThrough } from 'node:stream'
import { main } from '../src/main.ts'

export type Ran = { code: number; out: string; err: string }

/** Runs a command in this process, as the shell would. */
export async function runCommand(
  args: string[],
  env: Record<string, string> = {},
  { isTerminal = false }: { isTerminal?: boolean } = {},
): Promise<Ran> {
  const stdin = new PassThrough()
  const [stdout, stderr] = [writable(isTerminal), writable(isTerminal)]
  const exitNow = (code: number) => {
    throw new Error(`ended with ${code}`)
  }
  const code = await main(args, { env, stdin, stdout, stderr, signals: { on() {}, off() {} }, exitNow })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

function writable(isTTY: boolean): PassThrough & { isTTY: boolean } {
  return Object.assign(new PassThrough({ highWaterMark: 100_000_000 }), { isTTY })
}
