/**
 * Collects single entries into batches, the DataLoader idea: callers stay straight-line code
 * (`await batcher.add(entry)`), the system underneath sees large sets.
 */
export type Batcher<Entry, Answer> = {
  /** Resolves with this entry's own answer, or rejects with what its batch's flush threw. */
  add(entry: Entry): Promise<Answer>
  /** Resolves when everything added so far has been answered. Adding stays possible. */
  drain(): Promise<void>
}

export type BatcherOptions<Entry, Answer> = {
  /** Entries in one flush at the most. */
  sizeMax: number
  /** Weight of one flush at the most, in whatever unit `weightOf` counts. A single entry may exceed it. */
  weightMax?: number
  weightOf?(entry: Entry): number
  /** How long the first entry of a batch waits for company. A full batch does not wait. */
  lingerMs: number
  /** The same while another flush is under way: one of many costs less than two of few. `lingerMs` by default. */
  lingerBesideMs?: number
  /** Flushes under way at the same time, at the most. Further batches queue up behind them. */
  flushesMax: number
  /** Answers one entry each, by position. */
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
  /** How far the waiting for company is: a flush may start alone, or beside another. */
  let lingered: 'no' | 'alone' | 'beside' = 'no'
  let linger: NodeJS.Timeout | undefined
  const running = new Set<Promise<void>>()
  const { lingerMs, weightMax = Number.POSITIVE_INFINITY, weightOf = () => 0 } = options
  const { lingerBesideMs = lingerMs } = options

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
        (hasLingered() && waiting.length > 0))
    ) {
      const batch = takeBatch()
      startedCount += batch.length
      stopLinger()
      const flush = flushBatch(batch).finally(() => {
        running.delete(flush)
        startFlushes()
      })
      running.add(flush)
    }
    if (waiting.length > 0 && lingered === 'no' && linger === undefined) startLinger()
  }

  function hasLingered(): boolean {
    return lingered === 'beside' || (lingered === 'alone' && running.size === 0)
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

  function startLinger(): void {
    if (lingerBesideMs <= lingerMs) {
      linger = setTimeout(endLinger, lingerMs)
      return
    }
    linger = setTimeout(() => {
      lingered = 'alone'
      linger = setTimeout(endLinger, lingerBesideMs - lingerMs)
      startFlushes()
    }, lingerMs)
  }

  function endLinger(): void {
    lingered = 'beside'
    startFlushes()
  }

  function stopLinger(): void {
    clearTimeout(linger)
    linger = undefined
    lingered = 'no'
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
      endLinger()
      await Promise.race(running)
    }
    await Promise.all(running)
  }

  return { add, drain }
}
