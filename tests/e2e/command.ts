import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { deaths, HopelessError, inTime, until, witnesses } from './until.ts'

/** The built command, as an image starts it. */
const command = inject('command')

/** Makes over a hundred starts a third shorter. Where it cannot be written, Node does without. */
const compileCache = new URL('../../node_modules/.cache/aftercall-e2e', import.meta.url).pathname

/** As the command's own first line says. */
const flags = ['--max-semi-space-size=32', '--heap-growing-percent=100', '--no-parallel-scavenge']

export type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }

export type RunningCommand = {
  pid: number
  stdout(): string
  stderr(): string
  /** The log lines so far. */
  logs(): Record<string, unknown>[]
  /** Resolves with the first log line that contains the text. Rejects at once when the command ends without it. */
  untilLogs(text: string): Promise<Record<string, unknown>>
  kill(signal: NodeJS.Signals): void
  /** Rejects when it does not end in time. A command that fails before this or `kill` is called ends every wait. */
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
  let mayEnd = false
  let end: Ended | undefined
  let death: HopelessError | undefined
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
  const words = `aftercall ${args.join(' ')}`
  const witness = () => `${words} (${threadsOf(child.pid)}) wrote: ${tailOf(stdout)}${tailOf(stderr)}`
  witnesses.add(witness)
  const ending = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      running.delete(child)
      witnesses.delete(witness)
      const how = { code, signal, stdout, stderr }
      end = how
      if (!mayEnd && code === 0) witnesses.add(() => describeEnd(words, how))
      if (!mayEnd && code !== 0) {
        death = new HopelessError(describeEnd(words, how))
        deaths.add(death)
      }
      resolve(how)
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
        if (found === undefined && end !== undefined) throw new HopelessError(describeEnd(words, end))
        return found
      }),
    kill: (signal) => {
      mayEnd = true
      child.kill(signal)
    },
    ended: () => {
      mayEnd = true
      // It may have ended before a test that expects it asks.
      if (death !== undefined) deaths.delete(death)
      return inTime(`${words} ends`, ending)
    },
  }
}

/** What each thread of a process does or waits for, where Linux says it: a process that writes nothing has to be explained. */
function threadsOf(pid: number | undefined): string {
  try {
    const folder = `/proc/${pid}/task`
    const read = (thread: string, name: string) => readFileSync(`${folder}/${thread}/${name}`, 'utf8').trim()
    const states = readdirSync(folder).map((thread) => {
      const state = /^State:\s+(\S+)/m.exec(read(thread, 'status'))?.[1]
      return `${read(thread, 'comm')} ${state} ${read(thread, 'wchan')}`
    })
    return `threads: ${states.join(', ')}`
  } catch {
    return 'its threads are not known'
  }
}

/** How it ended, and its last words. */
export function describeEnd(words: string, { code, signal, stdout, stderr }: Ended): string {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`
  return `${words} ended with ${how}: ${tailOf(stdout)}${tailOf(stderr) || '(nothing on stderr)'}`
}

const tailOf = (text: string): string => text.slice(-8_000)

export function runCommand(args: string[], options: CommandOptions = {}): Promise<Ended> {
  return startCommand(args, options).ended()
}

/** For `afterEach`: ends what a failed test left running, and forgets what ended by itself. */
export async function endCommands(): Promise<void> {
  const left = [...running].map(
    (child) =>
      new Promise<void>((resolve) => {
        child.once('close', () => resolve())
        child.kill('SIGKILL')
      }),
  )
  await inTime('all commands end', Promise.all(left))
  deaths.clear()
  witnesses.clear()
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
