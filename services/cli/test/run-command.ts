import { PassThrough } from 'node:stream'
import { main } from '../src/main.ts'

export type Ran = { code: number; out: string; err: string }

/** Runs a command in this process, as the shell would. */
export async function runCommand(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const exitNow = (code: number) => {
    throw new Error(`ended with ${code}`)
  }
  const code = await main(args, { env, stdin, stdout, stderr, signals: { on() {}, off() {} }, exitNow })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}
