/** The shards of a backfill, and the objects of those that were listed until now. */
export type BackfillSoFar = {
  parts: number
  partsDone: number
  /** Shards that are done, or of which a page was listed. */
  partsBegun: number
  listed: number
  objects: number
}

/**
 * How much of a backfill is done, from 0 to 1: the share of its shards, or once all of them are being listed, the share of the listed
 * objects that have ended. An estimate until everything is listed, so it is 1 only when all shards are done.
 */
export function backfillShare({ parts, partsDone, partsBegun, listed, objects }: BackfillSoFar): number {
  if (partsDone >= parts) return 1
  const ofListed = partsBegun >= parts && listed > 0 ? Math.min(0.99, objects / listed) : 0
  return Math.max(partsDone / parts, ofListed)
}
