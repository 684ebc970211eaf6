/** Where an object is, and what its announcement or listing said about it. */
export type ObjectRef = {
  bucket: string
  /** The key as S3 holds it. */
  key: string
  /**
   * The key as the message wrote it, if that differs from `key` or could not be decoded. It is the right one for stores
   * that do not encode keys. It may be outside the prefix that `key` is in, so a check of prefixes must check both, or
   * drop it.
   */
  rawKey?: string
  versionId?: string
  /** Without quotes. */
  etag?: string
  /** Orders the creates and deletes of one key: hexadecimal text, the shorter one padded with zeros on the right. */
  sequencer?: string
  sizeBytes?: number
}

type LooseObjectRef = { [Field in keyof ObjectRef]: ObjectRef[Field] | undefined } & {
  bucket: string
  key: string
}

/** Leaves out undefined fields, so that refs compare and serialize cleanly. */
export function createObjectRef(fields: LooseObjectRef): ObjectRef {
  const { bucket, key, rawKey, versionId, etag, sequencer, sizeBytes } = fields
  return {
    bucket,
    key,
    ...(rawKey === undefined ? {} : { rawKey }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(etag === undefined ? {} : { etag: unquoteEtag(etag) }),
    ...(sequencer === undefined ? {} : { sequencer }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  }
}

/** ETags are quoted in HTTP, but not in S3 events and inventories. */
export function unquoteEtag(etag: string): string {
  return etag.length > 1 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag
}
