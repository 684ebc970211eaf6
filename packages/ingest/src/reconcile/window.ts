/** Starts work as it comes, and holds back who brings it while so much is under way: no list of what waits. */
export type BoundedTasks = {
  /** Resolves once the work has begun. For one caller at a time. Rejects with the error of earlier work, if any. */
  start(work: () => Promise<void>): Promise<void>
  /** Resolves once all has ended, and rejects with the first error only then. */
  finish(): Promise<void>
}

export function createBoundedTasks(underWayMax: number): BoundedTasks {
  const underWay = new Set<Promise<void>>()
  const errors: unknown[] = []
  let notifyEnded = (): void => {}

  function throwFirst(): void {
    if (errors.length > 0) throw errors[0]
  }

  async function run(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      errors.push(error)
    }
  }

  return {
    async start(work) {
      while (underWay.size >= underWayMax) {
        await new Promise<void>((resolve) => {
          notifyEnded = resolve
        })
      }
      throwFirst()
      const running = run(work).then(() => {
        underWay.delete(running)
        notifyEnded()
      })
      underWay.add(running)
    },
    async finish() {
      await Promise.all(underWay)
      throwFirst()
    },
  }
}
