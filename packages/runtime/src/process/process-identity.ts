import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Names this process so that another one can tell whether it still runs: boot of the machine, pid namespace, pid, and when it
 * was started, in ticks since the boot. A pid alone says nothing in another container, and is used again. Empty where the
 * system does not tell (only Linux does): such a process cannot be found by others.
 */
export function processIdentity(): string {
  const current = currentNamespace()
  const started = startTicksOf(process.pid)
  return current === undefined || started === undefined ? '' : [...current, process.pid, started].join(' ')
}

/** `unknown`: it is, or was, on another machine or in another container. */
export type ProcessState = 'running' | 'gone' | 'unknown'

export function stateOfProcess(identity: string): ProcessState {
  const [boot, namespace, pid, started] = identity.split(' ')
  const current = currentNamespace()
  if (current === undefined || current[0] !== boot || current[1] !== namespace) return 'unknown'
  if (!/^\d{1,10}$/.test(pid ?? '') || started === undefined) return 'unknown'
  if (!answersSignals(Number(pid))) return 'gone'
  const now = readStat(Number(pid))
  // Where /proc hides the processes of other users, one that is there counts as the one that was meant.
  if (now === undefined) return 'running'
  return now.started === started && !now.hasEnded ? 'running' : 'gone'
}

/** proc(5): a pid means something only within its namespace, whose number is used again after it ended. */
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

/** When a process was started, in ticks since the boot. */
export function startTicksOf(pid: number): string | undefined {
  return readStat(pid)?.started
}

/**
 * Fields 3 and 22 of proc_pid_stat(5). The second field, the name, may hold anything, but ends with the last parenthesis.
 * A process has ended also while its parent has not asked how.
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
    // EPERM: it is there, and another user's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Machine and process, for whoever else would like to do what this one is doing. */
export function thisProcess(): string {
  return `${hostname()}, process ${process.pid}`
}
