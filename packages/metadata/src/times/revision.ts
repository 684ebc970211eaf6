import type { Instant } from './times.ts'

/**
 * The order of a document among the revisions of its session, compared field by field (ARCHITECTURE.md,
 * "Identity and order"). The order is total, so every order of arrival ends in the same state (I2).
 */
export type Revision = {
  /** The document's export time, if possible: see `judgeTimes`. */
  updatedAt: Instant
  latestEventAt: Instant
  objectLastModified: Instant
  /** Lower-case hex. */
  contentSha256: string
}

/** Negative if `left` is older. 0 only if they are the same. */
export function compareRevisions(left: Revision, right: Revision): number {
  return (
    compareText(left.updatedAt, right.updatedAt) ||
    compareText(left.latestEventAt, right.latestEventAt) ||
    compareText(left.objectLastModified, right.objectLastModified) ||
    compareText(left.contentSha256, right.contentSha256)
  )
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
