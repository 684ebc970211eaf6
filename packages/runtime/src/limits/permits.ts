/** A bounded number of places; who finds none waits in line. */
export type Permits = {
  /** Runs once a place is free, and gives the place back whatever happens. */
  run<Answer>(work: () => Promise<Answer>): Promise<Answer>
  taken(): number
}

export function createPermits(slotsMax: number): Permits {
  let taken = 0
  const line: (() => void)[] = []

  async function run<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (taken >= slotsMax) await new Promise<void>((resolve) => line.push(resolve))
    else taken += 1
    try {
      return await work()
    } finally {
      const next = line.shift()
      if (next === undefined) taken -= 1
      else next()
    }
  }

  return { run, taken: () => taken }
}
