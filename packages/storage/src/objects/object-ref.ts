/** Where an object is, and what its announcement or listing said about it. */
export type ObjectRef = {
  bucket: string
  /** The key as S3 holds it. */
  key: string
  /**
   * The key as the message wrote it, when that is another text than `key` or could not be decoded. Stores that do
   * not encode keys mean this one. It may lie outside the prefix that `key` lies in: whoever checks prefixes
   * checks both, or drops it.
   */
  rawKey?: string
  versionId?: string
  /** Without quotes. */
  etag?: string
  /** Orders the creates and deletes of one key; see `compareSequencers`. */
  sequencer?: string
  sizeBytes?: number
}

type LooseObjectRef = { [Field in keyof ObjectRef]: ObjectRef[Field] | undefined } & {
  bucket: string
  key: string
}

/** Leaves out what is undefined, so that refs compare and serialize cleanly. */
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

/** HTTP quotes ETags, S3 events and inventories do not. */
export function unquoteEtag(etag: string): string {
  return etag.length > 1 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag
}
