import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { inTime, until, witnesses } from './until.ts'

/** The built command, as an image starts it. */
const command = inject('command')

/** Over a hundred starts are two thirds as long with it. Where it cannot be written, Node does without. */
const compileCache = new URL('../../node_modules/.cache/aftercall-e2e', import.meta.url).pathname

/** As the command's own first line says. */
const flags = ['--max-semi-space-size=32', '--heap-growing-percent=100', '--no-parallel-scavenge']

export type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }

export type RunningCommand = {
  pid: number
  stdout(): string
  stderr(): string
  /** The log lines until now. */
  logs(): Record<string, unknown>[]
  /** Resolves with the first log line that says so. */
  untilLogs(text: string): Promise<Record<string, unknown>>
  kill(signal: NodeJS.Signals): void
  /** Rejects when it does not end in time. */
  ended(): Promise<Ended>
}

export type CommandOptions = {
  env?: Record<string, string>
  /** Where it looks for `aftercall.yaml`. A folder without one by default. */
  cwd?: string
  stdin?: string
}

/** Without one of its own, a command without a configuration would find a demo that runs on this machine. */
const stateHome = join(tmpdir(), `aftercall-e2e-state-${process.pid}`)

const running = new Set<ChildProcess>()

/** Starts `aftercall` with nothing of this process's environment but what any program needs. */
export function startCommand(args: string[], options: CommandOptions = {}): RunningCommand {
  const { PATH = '/usr/bin:/bin', HOME = '/' } = process.env
  const child = spawn(process.execPath, [...flags, command, ...args], {
    cwd: options.cwd ?? new URL('.', import.meta.url).pathname,
    env: { PATH, HOME, XDG_STATE_HOME: stateHome, NODE_COMPILE_CACHE: compileCache, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  running.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {
    // It ended before it read.
  })
  child.stdin.end(options.stdin ?? '')
  const witness = () => `aftercall ${args.join(' ')} wrote: ${stdout}${stderr.slice(-8_000)}`
  witnesses.add(witness)
  const ending = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      running.delete(child)
      witnesses.delete(witness)
      resolve({ code, signal, stdout, stderr })
    })
  })
  const logs = () => readLogs(stderr)
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    logs,
    untilLogs: (text) =>
      until(`the command logs "${text}"`, () => {
        const found = logs().find(({ msg }) => String(msg).includes(text))
        if (found === undefined && !running.has(child)) throw new Error(`it has ended: ${stderr}`)
        return found
      }),
    kill: (signal) => void child.kill(signal),
    ended: () => inTime(`aftercall ${args[0]} ends`, ending),
  }
}

export function runCommand(args: string[], options: CommandOptions = {}): Promise<Ended> {
  return startCommand(args, options).ended()
}

/** For `afterEach`: whatever a failed test left running. */
export async function endCommands(): Promise<void> {
  const left = [...running].map(
    (child) =>
      new Promise<void>((resolve) => {
        child.once('close', () => resolve())
        child.kill('SIGKILL')
      }),
  )
  await inTime('all commands end', Promise.all(left))
}

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Lines of JSON; the command may have been asked in the middle of one. */
function readLogs(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []
    } catch {
      return []
    }
  })
}
