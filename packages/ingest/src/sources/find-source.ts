import type { MappingSettings } from '@aftercall/metadata/identity/mapping-settings'

/** A configured bucket and prefix, which names the tenant. */
export type Source = {
  name: string
  bucket: string
  /** Empty for the whole bucket. */
  prefix: string
  /** IANA zone of times without an offset. */
  timeZone?: string | undefined
  /** Whole months to keep besides the current one. Without it, all are kept. */
  retentionMonths?: number | undefined
  /** How its documents are mapped. */
  settings?: MappingSettings | undefined
  /** A store and credentials of its own. The other sources share those that the SDK finds. */
  endpoint?: string | undefined
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined
}

/** The source that owns an object. Nothing outside the sources is ever read, even if a message asks for it (I7). */
export function findSource<One extends Source>(
  sources: readonly One[],
  place: { bucket: string; key: string },
): One | undefined {
  return sources.find((source) => source.bucket === place.bucket && place.key.startsWith(source.prefix))
}

/** Whether a problem with its credentials is its own, and says nothing about the other sources. */
export function isOnItsOwn({ endpoint, credentials }: Pick<Source, 'endpoint' | 'credentials'>): boolean {
  return endpoint !== undefined || credentials !== undefined
}
