import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU of a process so far, in milliseconds: the nanoseconds that its threads ran, `/proc/<pid>/task/<tid>/schedstat`
 * (https://docs.kernel.org/scheduler/sched-stats.html). Threads that have ended are not in it, and 0 when the process has.
 */
export function cpuMsOf(pid: number): number {
  let ns = 0
  for (const thread of threadsOf(pid)) ns += runNsOf(`/proc/${pid}/task/${thread}/schedstat`)
  return ns / 1_000_000
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** A thread, or a process, may end between the listing and this. */
function runNsOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ', 1)[0])
  } catch {
    return 0
  }
}

/** Resident memory of the process in MiB: the peak so far, and now. */
export function residentMiBOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024
  return { now: field('VmRSS'), peak: field('VmHWM') }
}
