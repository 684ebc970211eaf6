import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type ServerIdentity, spawnAs } from './server-identity.ts'
import { settlesWithin } from './settles-within.ts'

export type PostgresProcess = {
  pid: number
  /** Resolves when the server and all of its processes have ended. */
  exited: Promise<void>
  hasExited(): boolean
  /** The last lines of the server's log, for error texts. */
  lastLines(): string[]
  /** Stops the server, gently at first. May be called more than once. */
  stop(): Promise<void>
}

export type PostgresProcessOptions = {
  postgres: string
  dataDir: string
  /** `name=value` settings for this run. */
  settings: Record<string, string>
  identity: ServerIdentity | undefined
  onLog: ((line: string) => void) | undefined
}

const lastLinesMax = 20
const fastShutdownMs = 15_000
const immediateShutdownMs = 5_000

/**
 * The shell starts a watcher and becomes Postgres. Standard input is a pipe whose other end only our process holds, so the
 * watcher's read ends when our process ends in any way, including SIGKILL. It then stops the server. The watcher is a
 * grandchild, because Postgres treats an unknown child as a crash.
 */
const guardScript = `
exec 3<&0
( (
  read -r nothing <&3
  kill -INT $$
  tries=0
  while kill -0 $$ && [ $tries -lt 20 ]; do sleep 1; tries=$((tries + 1)); done
  kill -QUIT $$
) </dev/null >/dev/null 2>&1 & )
exec "$0" "$@" 3<&- </dev/null
`

/** @throws the error of `spawn` if the shell cannot be started as the server's user. */
export async function spawnPostgres(options: PostgresProcessOptions): Promise<PostgresProcess> {
  const settings = Object.entries(options.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn('/bin/sh', ['-c', guardScript, options.postgres, '-D', options.dataDir, ...settings], {
    ...spawnAs(options.identity),
    cwd: options.dataDir,
    env: postgresEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    // A separate group: Ctrl-C in the terminal reaches only us, and we decide the order in which things stop.
    detached: true,
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.once('exit', () => endWatcher(child))
  child.stdin.on('error', () => {
    // The pipe carries no data, and breaks if the server ends first.
  })
  const lines = collectLines([child.stdout, child.stderr], options.onLog)
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))

  let stopping: Promise<void> | undefined
  return {
    pid: child.pid as number,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    lastLines: () => [...lines],
    stop() {
      stopping ??= stopProcess(child, exited)
      return stopping
    },
  }
}

/** Excludes our own environment: variables like `PGPORT` and `PGDATA` would change the server. */
export function postgresEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

function collectLines(streams: Readable[], onLog: ((line: string) => void) | undefined): string[] {
  const lines: string[] = []
  for (const stream of streams) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (lines.length > lastLinesMax) lines.shift()
      onLog?.(line)
    })
  }
  return lines
}

/** The server has ended, so only the watcher is left in its group. */
function endWatcher(child: ChildProcess): void {
  signal(-(child.pid as number), 'SIGKILL')
  child.stdin?.destroy()
}

async function stopProcess(child: ChildProcess, exited: Promise<void>): Promise<void> {
  const pid = child.pid as number
  const isRunning = () => child.exitCode === null && child.signalCode === null
  if (isRunning()) signal(pid, 'SIGINT')
  if (await settlesWithin(exited, fastShutdownMs)) return
  if (isRunning()) signal(pid, 'SIGQUIT')
  if (await settlesWithin(exited, immediateShutdownMs)) return
  if (isRunning()) signal(-pid, 'SIGKILL')
  await settlesWithin(exited, immediateShutdownMs)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // The process has already ended.
  }
}
