/** Divides places and bytes between sources, so that one whose store is slow leaves room for the others. */
export type SourceShare = {
  /** Runs once the source may begin one more object of this size, and gives back what it took whatever happens. */
  run<Answer>(source: string, bytes: number, work: () => Promise<Answer>): Promise<Answer>
  /** Objects that wait, of all sources. */
  waiting(): number
}

export type SourceShareOptions = {
  /** Objects under way at the same time, of all sources. */
  placesMax: number
  /** Bytes of objects under way at the same time, of all sources. */
  bytesMax: number
}

/** A source may have four times what it leaves free: 80 % of all by itself, 44 % beside another that takes all it gets. */
const ofFree = 4

type Taken = { places: number; bytes: number }
type Line = Taken & { waiting: { bytes: number; start(): void }[] }

/**
 * What is free bounds what a source may have, and the more sources are slow, the less each of them gets: something is
 * always free for the next one, whatever their number, and no share stays unused for a source that has nothing to do.
 * A source that has nothing under way may always begin one object while a place is free. One source alone is not bounded.
 */
export function createSourceShare(
  sources: readonly { name: string }[],
  { placesMax, bytesMax }: SourceShareOptions,
): SourceShare {
  const lines = new Map(sources.map(({ name }): [string, Line] => [name, newLine()]))
  const all: Taken = { places: 0, bytes: 0 }
  let waitingCount = 0

  function mayBegin(line: Line, bytes: number): boolean {
    if (all.places >= placesMax) return false
    if (line.places === 0) return true
    const places = line.places + 1 <= ofFree * (placesMax - all.places - 1)
    return places && line.bytes + bytes <= ofFree * (bytesMax - all.bytes - bytes)
  }

  function take(line: Taken, places: number, bytes: number): void {
    line.places += places
    line.bytes += bytes
    all.places += places
    all.bytes += bytes
  }

  /** In turn, one of each source, those with the least under way first. */
  function serve(): void {
    for (let served = true; served && waitingCount > 0; ) {
      served = false
      for (const line of [...lines.values()].sort((one, other) => one.places - other.places)) {
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

  async function enter(line: Line, bytes: number): Promise<void> {
    if (line.waiting.length === 0 && mayBegin(line, bytes)) return take(line, 1, bytes)
    waitingCount += 1
    await new Promise<void>((resolve) => line.waiting.push({ bytes, start: resolve }))
  }

  return {
    async run(source, bytes, work) {
      const line = lines.get(source)
      if (line === undefined || lines.size === 1) return work()
      await enter(line, bytes)
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

/** For what is one source's by itself, or is bounded in another way. */
export const undividedShare: SourceShare = { run: (_source, _bytes, work) => work(), waiting: () => 0 }

function newLine(): Line {
  return { places: 0, bytes: 0, waiting: [] }
}
