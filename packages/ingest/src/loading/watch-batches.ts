/** Notices when a database that was quick becomes slow, whoever keeps it busy. */
export type BatchWatch = {
  /** True when this batch took far longer, for what it held, than such batches have lately. */
  isSlow(batch: { documents: number; durationMs: number }): boolean
}

/** Faster than this is never slow, whatever it was before. */
const slowMsMin = 1_000
/** Our own batches beside each other make each two or three times as slow. */
const slowFactor = 6
const remembered = 50

export function createBatchWatch(): BatchWatch {
  const recent: number[] = []
  return {
    isSlow({ documents, durationMs }) {
      // Small batches tell of the transaction, not of the load.
      if (documents < 10) return false
      const perDocumentMs = durationMs / documents
      const best = Math.min(...recent, perDocumentMs)
      recent.push(perDocumentMs)
      if (recent.length > remembered) recent.shift()
      return durationMs > slowMsMin && perDocumentMs > best * slowFactor
    },
  }
}
