const step = 16
/** Less than this is noise. */
const cpuMsLeast = 1

/**
 * How many times as much CPU time work takes for 16 times its size: about 16 when its cost is linear, 256 when it is
 * quadratic. Wall time would say more about the machine than about the work.
 */
export function costGrowth(work: (size: number) => unknown, size: number): number {
  return (
    cpuMsOf(() => work(size * step)) /
    Math.max(
      cpuMsLeast,
      cpuMsOf(() => work(size)),
    )
  )
}

/** Linear with room for noise, and a quarter of what is quadratic. */
export const linearGrowthMax = step * 4

/** CPU time of this process, the least of several tries: what else it does only adds to it. */
export function cpuMsOf(work: () => unknown, tries = 3): number {
  let cpuMs = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    cpuMs = Math.min(cpuMs, (user + system) / 1_000)
  }
  return cpuMs
}
