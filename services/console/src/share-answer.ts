/** The pause between reads, as a multiple of the last read's duration: the console uses at most a tenth of a connection. */
const restPerWork = 9
const restMsMin = 1_000
const restMsMax = 60_000
/** After a cheap read. If such a read is slow, the machine is cold or busy, and a page that does not change would mislead. */
const restMsMaxCheap = 5_000
/** During a slow read the previous answer is returned, unless it is too old: after a night, yesterday's answer would mislead. */
const slowMs = 2_000
const oldMs = 2 * restMsMax

/**
 * Runs one read at a time, no matter how many viewers there are or how often their pages refresh, and pauses after a slow
 * read.
 */
export function shareAnswer<Answer>(
  read: () => Promise<Answer>,
  {
    isCheap = () => false,
    nowMs = () => performance.now(),
  }: {
    /** Whether the database had little to do, judged by the answer and not by its duration. */
    isCheap?(answer: Answer): boolean
    nowMs?(): number
  } = {},
): () => Promise<Answer> {
  let last: { answer: Answer; atMs: number; tookMs: number } | undefined
  let reading: Promise<Answer> | undefined

  async function readAgain(): Promise<Answer> {
    const startedMs = nowMs()
    try {
      const answer = await read()
      last = { answer, atMs: nowMs(), tookMs: nowMs() - startedMs }
      return answer
    } catch (error) {
      last = undefined
      throw error
    } finally {
      reading = undefined
    }
  }

  return async () => {
    if (last !== undefined) {
      const most = isCheap(last.answer) ? restMsMaxCheap : restMsMax
      const restMs = Math.min(most, Math.max(restMsMin, last.tookMs * restPerWork))
      if (nowMs() - last.atMs < restMs) return last.answer
    }
    reading ??= readAgain()
    if (last === undefined || last.tookMs < slowMs || nowMs() - last.atMs > oldMs) return reading
    // The next request gets the failure.
    reading.catch(() => {})
    return last.answer
  }
}
