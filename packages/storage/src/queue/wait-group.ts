/** Counts what is under way, and tells when nothing is. */
export type WaitGroup = {
  begin(): void
  end(): void
  count(): number
  /** Resolves as soon as nothing is under way. */
  none(): Promise<void>
}

export function createWaitGroup(): WaitGroup {
  let underWay = 0
  const waiting: (() => void)[] = []

  return {
    begin() {
      underWay += 1
    },
    end() {
      underWay -= 1
      if (underWay > 0) return
      for (const resolve of waiting.splice(0)) resolve()
    },
    count: () => underWay,
    none: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
