/** A configured bucket and prefix, which names the tenant. */
export type Source = {
  name: string
  bucket: string
  /** Empty for the whole bucket. */
  prefix: string
  /** IANA zone of times without an offset. */
  timeZone?: string | undefined
  /** Whole months that are kept beside the current one; all are without it. */
  retentionMonths?: number | undefined
}

/** The source that owns a place. Nothing outside of one is ever read, whatever a message says (I7). */
export function findSource<One extends Source>(
  sources: readonly One[],
  place: { bucket: string; key: string },
): One | undefined {
  return sources.find((source) => source.bucket === place.bucket && place.key.startsWith(source.prefix))
}
