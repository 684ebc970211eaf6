/** The next read waits for so many times as long as the last one took: the console takes a tenth of a connection at most. */
const restPerWork = 9
const restMsMin = 1_000
const restMsMax = 60_000
/** After a read of little. That it took long then tells of a cold or busy machine, and a page that stands still misleads. */
const restMsMaxCheap = 5_000
/** Who asks while a slow read is under way gets the answer before, if that is not too old: after a night nobody may be shown yesterday. */
const slowMs = 2_000
const oldMs = 2 * restMsMax

/**
 * However many look, and however often their pages refresh, one read at a time goes to the database, and a slow one is
 * followed by a rest.
 */
export function shareAnswer<Answer>(
  read: () => Promise<Answer>,
  {
    isCheap = () => false,
    nowMs = () => performance.now(),
  }: {
    /** Whether the database had little to do for it, by what it read and not by the time it took. */
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
    // Whoever asks next is told of a failure.
    reading.catch(() => {})
    return last.answer
  }
}
