/** Divides permits and bytes between sources, so that a source with a slow store leaves some for the others. */
export type SourceShare = {
  /** Runs the work once the source may begin another object of this size, and releases its share however the work ends. */
  run<Answer>(source: string, bytes: number, work: () => Promise<Answer>): Promise<Answer>
  /** Waiting objects of all sources. */
  waiting(): number
}

export type SourceShareOptions = {
  /** Objects in flight, of all sources. */
  permitsMax: number
  /** Bytes of the objects in flight, of all sources. */
  bytesMax: number
}

/** A source may have four times what it leaves free: 80 % when alone, 44 % beside another that takes all it can get. */
const ofFree = 4

type Taken = { permits: number; bytes: number }
type Line = Taken & { waiting: { bytes: number; start(): void }[] }

/**
 * What is free bounds what a source may have, so the more sources are slow, the less each of them gets. Something is always free
 * for the next source, and no share stays unused for a source without work. A source with nothing in flight may always begin
 * one object while a permit is free. A single source is not bounded.
 */
export function createSourceShare(
  sources: readonly { name: string }[],
  { permitsMax, bytesMax }: SourceShareOptions,
): SourceShare {
  const lines = new Map(sources.map(({ name }): [string, Line] => [name, newLine()]))
  const all: Taken = { permits: 0, bytes: 0 }
  let waitingCount = 0

  function mayBegin(line: Line, bytes: number): boolean {
    if (all.permits >= permitsMax) return false
    if (line.permits === 0) return true
    const permits = line.permits + 1 <= ofFree * (permitsMax - all.permits - 1)
    return permits && line.bytes + bytes <= ofFree * (bytesMax - all.bytes - bytes)
  }

  function take(line: Taken, permits: number, bytes: number): void {
    line.permits += permits
    line.bytes += bytes
    all.permits += permits
    all.bytes += bytes
  }

  /** One object of each source in turn, from the source with the fewest in flight on. */
  function serve(): void {
    for (let served = true; served && waitingCount > 0 && all.permits < permitsMax; ) {
      served = false
      for (const line of [...lines.values()].sort((one, other) => one.permits - other.permits)) {
        const first = line.waiting[0]
        if (first === undefined || !mayBegin(line, first.bytes)) continue
        line.waiting.shift()
        waitingCount -= 1
        take(line, 1, first.bytes)
        first.start()
        served = true
      }
    }
  }

  function tryBegin(line: Line, bytes: number): boolean {
    if (line.waiting.length > 0 || !mayBegin(line, bytes)) return false
    take(line, 1, bytes)
    return true
  }

  function wait(line: Line, bytes: number): Promise<void> {
    waitingCount += 1
    return new Promise((resolve) => line.waiting.push({ bytes, start: resolve }))
  }

  return {
    async run(source, bytes, work) {
      const line = lines.get(source)
      if (line === undefined || lines.size === 1) return work()
      if (!tryBegin(line, bytes)) await wait(line, bytes)
      try {
        return await work()
      } finally {
        take(line, -1, -bytes)
        serve()
      }
    },
    waiting: () => waitingCount,
  }
}

/** For a single source, or for work that is bounded in another way. */
export const undividedShare: SourceShare = { run: (_source, _bytes, work) => work(), waiting: () => 0 }

function newLine(): Line {
  return { permits: 0, bytes: 0, waiting: [] }
}
