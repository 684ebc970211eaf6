/** Notices when a database that was quick becomes slow, for any reason. */
export type BatchWatch = {
  /** True when this batch took far longer per document than recent ones. */
  isSlow(batch: { documents: number; durationMs: number }): boolean
}

/** A batch that is faster than this is never slow. */
const slowMsMin = 1_000
/** Batches of our own at the same time make each other two or three times as slow. */
const slowFactor = 6
const remembered = 50

export function createBatchWatch(): BatchWatch {
  const recent: number[] = []
  return {
    isSlow({ documents, durationMs }) {
      // The time of a small batch is that of its transaction.
      if (documents < 10) return false
      const perDocumentMs = durationMs / documents
      const best = Math.min(...recent, perDocumentMs)
      recent.push(perDocumentMs)
      if (recent.length > remembered) recent.shift()
      return durationMs > slowMsMin && perDocumentMs > best * slowFactor
    },
  }
}
