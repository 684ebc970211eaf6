import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Identifies this process so that another one can check whether it still runs: boot of the machine, pid namespace, pid, and
 * start time in ticks since the boot. A pid alone means nothing in another container, and is reused. Empty if the system does
 * not provide this (only Linux does): then others cannot check the process.
 */
export function processIdentity(): string {
  const current = currentNamespace()
  const started = startTicksOf(process.pid)
  return current === undefined || started === undefined ? '' : [...current, process.pid, started].join(' ')
}

/** `unknown`: it runs, or ran, on another machine or in another container. */
export type ProcessState = 'running' | 'gone' | 'unknown'

export function stateOfProcess(identity: string): ProcessState {
  const [boot, namespace, pid, started] = identity.split(' ')
  const current = currentNamespace()
  if (current === undefined || current[0] !== boot || current[1] !== namespace) return 'unknown'
  if (!/^\d{1,10}$/.test(pid ?? '') || started === undefined) return 'unknown'
  if (!answersSignals(Number(pid))) return 'gone'
  const now = readStat(Number(pid))
  // If /proc hides the processes of other users, any process with this pid counts as the same one.
  if (now === undefined) return 'running'
  return now.started === started && !now.hasEnded ? 'running' : 'gone'
}

/** proc(5): a pid is only meaningful within its namespace, and a namespace's number is reused after it has ended. */
function currentNamespace(): [boot: string, namespace: string] | undefined {
  try {
    return [
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      readlinkSync('/proc/self/ns/pid').replaceAll(' ', ''),
    ]
  } catch {
    return undefined
  }
}

/** The start time of a process, in ticks since the boot. */
export function startTicksOf(pid: number): string | undefined {
  return readStat(pid)?.started
}

/**
 * Fields 3 and 22 of proc_pid_stat(5). The second field, the name, may contain anything, but ends with the last parenthesis. A
 * zombie has ended.
 */
function readStat(pid: number): { started: string | undefined; hasEnded: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { started: fields[22 - 3], hasEnded: /^[ZX]$/i.test(fields[0] ?? '') }
  } catch {
    return undefined
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Machine and process as text, to show who holds a lease. */
export function thisProcess(): string {
  return `${hostname()}, process ${process.pid}`
}
