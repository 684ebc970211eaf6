/** Bounds the bytes that may be reserved at the same time. Callers wait in order. */
export type MemoryBudget = {
  /**
   * Runs the work once this many bytes are free, and releases them however the work ends. Work that needs more than the whole
   * budget runs alone.
   */
  run<Answer>(bytes: number, work: (held: ReservedBytes) => Promise<Answer>): Promise<Answer>
  heldBytes(): number
}

export type ReservedBytes = {
  /**
   * Changes the reservation. For more bytes it waits, ahead of work that has not begun yet; fewer are released right away. It
   * may grow only once: growing twice could put it beside other work that is over the budget already.
   */
  resize(bytes: number): Promise<void>
  /**
   * Whether the budget is kept, or no other work can release bytes. An object that may unpack to more than was reserved is
   * unpacked only when this is true, so at most one is over the budget.
   */
  isWithin(): boolean
  /** Resolves when `isWithin` may have become true: ask again. */
  untilWithin(): Promise<void>
  /**
   * Sets the reservation to what the work was found to take, without waiting, because it is in memory already. After this, the
   * work must end without waiting for bytes.
   */
  take(bytes: number): void
}

const done = Promise.resolve()

type Waiting = { addedBytes: number; start(): void }

export function createMemoryBudget(bytesMax: number): MemoryBudget {
  let heldBytes = 0
  /** Work that has begun and does not wait for more: it will release bytes by itself. */
  let running = 0
  const growing: Waiting[] = []
  const arriving: Waiting[] = []
  /** Work that has taken what it needs, and will end without waiting for bytes. */
  let taken = 0
  const unpacking: (() => void)[] = []

  function isWithin(): boolean {
    return heldBytes <= bytesMax || taken === 0
  }

  function serve(): void {
    while (unpacking.length > 0 && isWithin()) unpacking.shift()?.()
    // Work that grows while nothing else runs would wait forever: all the others wait for it.
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

  /** Most work finds its bytes free, and needs no place in a line. */
  function tryBegin(bytes: number): boolean {
    if (growing.length > 0 || arriving.length > 0) return false
    if (heldBytes + bytes > bytesMax && heldBytes > 0) return false
    heldBytes += bytes
    running += 1
    return true
  }

  function createHold(bytes: number): ReservedBytes & { end(): void } {
    let ownBytes = bytes
    let hasTaken = false
    function hold(wanted: number): void {
      heldBytes += wanted - ownBytes
      ownBytes = wanted
      serve()
    }
    async function grow(wanted: number): Promise<void> {
      running -= 1
      await wait(growing, wanted - ownBytes)
      ownBytes = wanted
    }
    return {
      resize(wanted) {
        if (wanted > ownBytes) return grow(wanted)
        hold(wanted)
        return done
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
      await (tryBegin(bytes) ? done : wait(arriving, bytes))
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
