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
  /** A store and keys of its own; the other sources share those that the SDK finds. */
  endpoint?: string | undefined
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined
}

/** The source that owns a place. Nothing outside of one is ever read, whatever a message says (I7). */
export function findSource<One extends Source>(
  sources: readonly One[],
  place: { bucket: string; key: string },
): One | undefined {
  return sources.find((source) => source.bucket === place.bucket && place.key.startsWith(source.prefix))
}

/** Whether what is wrong with its credentials says nothing about the other sources. */
export function isOnItsOwn({ endpoint, credentials }: Pick<Source, 'endpoint' | 'credentials'>): boolean {
  return endpoint !== undefined || credentials !== undefined
}
