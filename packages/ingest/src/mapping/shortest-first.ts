export type ShortestFirst = {
  /** Runs one piece of work at a time. */
  run<Answer>(size: number, work: () => Promise<Answer>): Promise<Answer>
  waiting(): number
}

type Waiting = { size: number; start(): void }

/** Every fourth start is the one that has waited longest, so that none waits forever behind smaller ones. */
const oldestEvery = 4

/** Runs one at a time, and the smallest first, so that none waits for many that take longer than itself. */
export function createShortestFirst(): ShortestFirst {
  const line: Waiting[] = []
  let isTaken = false
  let taken = 0

  function next(): void {
    taken += 1
    const [one] = line.splice(taken % oldestEvery === 0 ? 0 : smallest(line), 1)
    if (one === undefined) isTaken = false
    else one.start()
  }

  return {
    async run(size, work) {
      if (isTaken) await new Promise<void>((resolve) => line.push({ size, start: resolve }))
      isTaken = true
      try {
        return await work()
      } finally {
        next()
      }
    },
    waiting: () => line.length,
  }
}

function smallest(line: readonly Waiting[]): number {
  return line.reduce((best, { size }, position) => (size < (line[best]?.size ?? size) ? position : best), 0)
}
