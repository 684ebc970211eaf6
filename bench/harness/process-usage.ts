import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts CPU in hundredths of a second (USER_HZ) on every machine. */
const tickMs = 10

/**
 * CPU of a process so far, in milliseconds: the nanoseconds that its threads ran, `/proc/<pid>/task/<tid>/schedstat`
 * (https://docs.kernel.org/scheduler/sched-stats.html). Threads that have ended are not in it.
 */
export function cpuMsOf(pid: number): number {
  let ns = 0
  for (const thread of readdirSync(`/proc/${pid}/task`))
    ns += runNsOf(`/proc/${pid}/task/${thread}/schedstat`)
  return ns / 1_000_000
}

/** A thread, or a process, may end between the listing and this. */
function runNsOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ', 1)[0])
  } catch {
    return 0
  }
}

/** CPU of a process and its children, including those that have ended. */
export function cpuMsWithChildren(pid: number): number {
  for (;;) {
    const { endedChildren } = readStat(pid)
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readStatIfThere(Number(name)) ?? [])
      .filter(({ parent }) => parent === pid)
    const after = readStat(pid)
    // A child that ends between the two reads would be missing or counted twice.
    if (after.endedChildren !== endedChildren) continue
    return (after.own + endedChildren + children.reduce((sum, child) => sum + child.own, 0)) * tickMs
  }
}

/** Resident memory of the process in MiB: the peak so far, and now. */
export function residentMiBOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024
  return { now: field('VmRSS'), peak: field('VmHWM') }
}

type Stat = { parent: number; own: number; endedChildren: number }

function readStat(pid: number): Stat {
  const stat = readStatIfThere(pid)
  if (stat === undefined) throw new Error(`/proc/${pid}/stat cannot be read: the benchmark needs Linux`)
  return stat
}

function readStatIfThere(pid: number): Stat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The name, in parentheses, may contain anything; after it come state, parent, …, and from the 12th on utime, stime,
  // cutime and cstime.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const at = (position: number): number => Number(fields[position])
  return { parent: at(1), own: at(11) + at(12), endedChildren: at(13) + at(14) }
}
