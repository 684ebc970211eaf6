/** A bounded number of bytes that may be held at one time; who finds no room waits in line. */
export type MemoryBudget = {
  /**
   * Runs once there is room for so many bytes, and gives them back whatever happens. What is larger than the whole bound
   * runs alone.
   */
  run<Answer>(bytes: number, work: (held: ReservedBytes) => Promise<Answer>): Promise<Answer>
  heldBytes(): number
}

export type ReservedBytes = {
  /**
   * Holds so many from now on, once. More is waited for, before whoever has not begun yet; fewer are given back at
   * once. Who grew twice could stand beside another that is over the bound alone.
   */
  resize(bytes: number): Promise<void>
  /**
   * Whether no more is held than the bound allows, or nobody can give any back. What takes more than was foreseen once it
   * is unpacked is unpacked only then: so at most one is over the bound.
   */
  isWithin(): boolean
  /** Resolves when it may be so: to be asked again. */
  untilWithin(): Promise<void>
  /**
   * Holds what it was found to take, from now on to its end, without waiting: it is in memory already. Whoever has called
   * this must end without waiting for bytes.
   */
  take(bytes: number): void
}

type Waiting = { addedBytes: number; start(): void }

export function createMemoryBudget(bytesMax: number): MemoryBudget {
  let heldBytes = 0
  /** Who has begun and does not wait for more: somebody will give bytes back by itself. */
  let running = 0
  const growing: Waiting[] = []
  const arriving: Waiting[] = []
  /** Who has taken what it needs, and gives it back without a wait for bytes. */
  let taken = 0
  const unpacking: (() => void)[] = []

  function isWithin(): boolean {
    return heldBytes <= bytesMax || taken === 0
  }

  function serve(): void {
    while (unpacking.length > 0 && isWithin()) unpacking.shift()?.()
    // One that grows while nobody else runs would wait for ever: all the others wait for it.
    while (serveFirst(growing, running === 0)) {}
    while (growing.length === 0 && serveFirst(arriving, heldBytes === 0)) {}
  }

  function serveFirst(line: Waiting[], isAlone: boolean): boolean {
    const [first] = line
    if (first === undefined || (heldBytes + first.addedBytes > bytesMax && !isAlone)) return false
    line.shift()
    heldBytes += first.addedBytes
    running += 1
    first.start()
    return true
  }

  function wait(line: Waiting[], addedBytes: number): Promise<void> {
    return new Promise((resolve) => {
      line.push({ addedBytes, start: resolve })
      serve()
    })
  }

  function createHold(bytes: number): ReservedBytes & { end(): void } {
    let ownBytes = bytes
    let hasTaken = false
    function hold(wanted: number): void {
      heldBytes += wanted - ownBytes
      ownBytes = wanted
      serve()
    }
    return {
      async resize(wanted) {
        const addedBytes = wanted - ownBytes
        if (addedBytes > 0) {
          running -= 1
          await wait(growing, addedBytes)
          ownBytes = wanted
        } else {
          hold(wanted)
        }
      },
      isWithin,
      async untilWithin() {
        if (!isWithin()) await new Promise<void>((resolve) => unpacking.push(resolve))
      },
      take(wanted) {
        if (!hasTaken) taken += 1
        hasTaken = true
        hold(wanted)
      },
      end() {
        running -= 1
        if (hasTaken) taken -= 1
        hold(0)
      },
    }
  }

  return {
    async run(bytes, work) {
      await wait(arriving, bytes)
      const hold = createHold(bytes)
      try {
        return await work(hold)
      } finally {
        hold.end()
      }
    },
    heldBytes: () => heldBytes,
  }
}
