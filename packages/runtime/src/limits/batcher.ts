/**
 * Collects single entries into batches, as DataLoader does: callers stay straight-line code (`await batcher.add(entry)`), and
 * the system underneath sees large sets.
 */
export type Batcher<Entry, Answer> = {
  /** Resolves with the answer to this entry, or rejects with the error of its batch's flush. */
  add(entry: Entry): Promise<Answer>
  /** Resolves when every entry added so far has its answer. More entries may be added. */
  drain(): Promise<void>
}

export type BatcherOptions<Entry, Answer> = {
  /** The largest number of entries in a flush. */
  sizeMax: number
  /** The largest weight of a flush, in the unit of `weightOf`. A single entry may exceed it. */
  weightMax?: number
  weightOf?(entry: Entry): number
  /** How long the first entry of a batch waits for others. A full batch does not wait. */
  lingerMs: number
  /** The same while another flush runs, because one large flush costs less than two small ones. `lingerMs` by default. */
  lingerBesideMs?: number
  /** Flushes that may run at the same time. Further batches queue up behind them. */
  flushesMax: number
  /** Returns one answer for each entry, by position. */
  flush(entries: Entry[]): Promise<Answer[]>
}

type Waiting<Entry, Answer> = {
  entry: Entry
  resolve(answer: Answer): void
  reject(error: unknown): void
}

export function createBatcher<Entry, Answer>(options: BatcherOptions<Entry, Answer>): Batcher<Entry, Answer> {
  let waiting: Waiting<Entry, Answer>[] = []
  let waitingWeight = 0
  let addedCount = 0
  let startedCount = 0
  const running = new Set<Promise<void>>()
  const { weightMax = Number.POSITIVE_INFINITY, weightOf = () => 0 } = options
  const linger = createLinger(options, startFlushes)

  function add(entry: Entry): Promise<Answer> {
    return new Promise((resolve, reject) => {
      waiting.push({ entry, resolve, reject })
      waitingWeight += weightOf(entry)
      addedCount += 1
      startFlushes()
    })
  }

  function startFlushes(): void {
    while (
      running.size < options.flushesMax &&
      (waiting.length >= options.sizeMax ||
        waitingWeight >= weightMax ||
        (linger.isOver(running.size === 0) && waiting.length > 0))
    ) {
      const batch = takeBatch()
      startedCount += batch.length
      linger.stop()
      const flush = flushBatch(batch).finally(() => {
        running.delete(flush)
        startFlushes()
      })
      running.add(flush)
    }
    if (waiting.length > 0) linger.begin()
  }

  function takeBatch(): Waiting<Entry, Answer>[] {
    let size = 0
    let weight = 0
    for (const { entry } of waiting) {
      const heavier = weight + weightOf(entry)
      if (size === options.sizeMax || (size > 0 && heavier > weightMax)) break
      size += 1
      weight = heavier
    }
    const batch = waiting.slice(0, size)
    waiting = waiting.slice(size)
    waitingWeight -= weight
    return batch
  }

  async function flushBatch(batch: Waiting<Entry, Answer>[]): Promise<void> {
    try {
      const answers = await options.flush(batch.map((one) => one.entry))
      if (answers.length !== batch.length) {
        throw new Error(`a flush of ${batch.length} entries gave ${answers.length} answers`)
      }
      batch.forEach((one, position) => {
        one.resolve(answers[position] as Answer)
      })
    } catch (error) {
      for (const one of batch) one.reject(error)
    }
  }

  async function drain(): Promise<void> {
    const upTo = addedCount
    while (startedCount < upTo) {
      linger.end()
      await Promise.race(running)
    }
    await Promise.all(running)
  }

  return { add, drain }
}

type Linger = {
  /** Unless it has begun already. */
  begin(): void
  stop(): void
  end(): void
  /** Whether a batch has waited long enough to start, alone or beside another. */
  isOver(isAlone: boolean): boolean
}

type LingerTimes = { lingerMs: number; lingerBesideMs?: number }

function createLinger(times: LingerTimes, onOver: () => void): Linger {
  const { lingerMs, lingerBesideMs = lingerMs } = times
  let over: 'no' | 'alone' | 'beside' = 'no'
  let timer: NodeJS.Timeout | undefined

  function end(): void {
    over = 'beside'
    onOver()
  }

  function endAlone(): void {
    if (lingerBesideMs > lingerMs) {
      over = 'alone'
      timer = setTimeout(end, lingerBesideMs - lingerMs)
      onOver()
    } else {
      end()
    }
  }

  return {
    begin: () => {
      if (over === 'no') timer ??= setTimeout(endAlone, lingerMs)
    },
    stop: () => {
      clearTimeout(timer)
      timer = undefined
      over = 'no'
    },
    end,
    isOver: (isAlone) => over === 'beside' || (over === 'alone' && isAlone),
  }
}
