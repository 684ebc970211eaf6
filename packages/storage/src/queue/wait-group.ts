/** Counts running work, and resolves when none is running. */
export type WaitGroup = {
  begin(): void
  end(): void
  count(): number
  /** Resolves as soon as nothing is running. */
  none(): Promise<void>
}

export function createWaitGroup(): WaitGroup {
  let running = 0
  const waiting: (() => void)[] = []

  return {
    begin() {
      running += 1
    },
    end() {
      running -= 1
      if (running > 0) return
      for (const resolve of waiting.splice(0)) resolve()
    },
    count: () => running,
    none: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
