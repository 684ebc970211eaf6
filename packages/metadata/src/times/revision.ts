import type { Instant } from './times.ts'

/**
 * The place of a document among the revisions of its session, compared left to right (ARCHITECTURE.md,
 * "Identity and order"): the order is total, so every order of arrival ends in the same state (I2).
 */
export type Revision = {
  /** When the document says it was exported, as far as that can be true: see `judgeTimes`. */
  updatedAt: Instant
  latestEventAt: Instant
  objectLastModified: Instant
  /** Lower-case hex. */
  contentSha256: string
}

/** Negative when `one` is the older, 0 only when they are the same. */
export function compareRevisions(one: Revision, other: Revision): number {
  return (
    compareText(one.updatedAt, other.updatedAt) ||
    compareText(one.latestEventAt, other.latestEventAt) ||
    compareText(one.objectLastModified, other.objectLastModified) ||
    compareText(one.contentSha256, other.contentSha256)
  )
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
