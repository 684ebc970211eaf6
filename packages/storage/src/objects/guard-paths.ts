import { randomUUID } from 'node:crypto'
import type { S3Client } from '@aws-sdk/client-s3'
import { isAwsHost } from '../aws/aws-clients.ts'
import { createBucketAddresses } from './bucket-address.ts'
import type { GetObject, GetObjectRequest } from './get-object.ts'
import { detourTo, type OddPart, oddPartsOf } from './key-shape.ts'
import { readFirstKeys } from './probe-bucket.ts'

/** A proxy between us and the store changes such a path, and would return another object. */
export class KeyUnsafeError extends Error {
  override readonly name = 'KeyUnsafeError'
  readonly code = 'key_unsafe'
  readonly retryable = false

  constructor(part: OddPart) {
    super(`a proxy before the store changes paths with ${nameOf[part]}, and would return another object`)
  }
}

/** We could not find out whether such a path reaches the store unchanged. */
export class KeyUnprovenError extends Error {
  override readonly name = 'KeyUnprovenError'
  readonly code = 'key_unproven'
  readonly retryable = true

  constructor(part: OddPart, cause?: unknown) {
    const why = 'the test needs an object of the source with a plain key, and the permission to list'
    super(`cannot test whether paths with ${nameOf[part]} reach the store unchanged: ${why}`, { cause })
  }
}

const nameOf: Record<OddPart, string> = {
  dots: '"." or ".." between slashes',
  'encoded-dots': '"%2e" between slashes',
  slashes: 'two slashes in a row, or a slash at the beginning',
}

type BucketPrefix = { bucket: string; prefix: string }

/** Proxies may be reconfigured while workers run. */
const provenMs = 600_000
const keysListed = 1_000

/** The detour leads to no object: the path reached the store unchanged. */
const refusals = new Set(['NoSuchKey', 'AccessDenied'])

/**
 * Reads keys such as `a/../b` only if they reach the store unchanged. A proxy that normalizes paths would return another
 * object, of another prefix or even another bucket (I7), and its answer does not show it. Percent encoding does not help,
 * because such a proxy reads `%2e` as a dot. So we first request an object that we may read by a detour: if that returns the
 * object, paths are changed, and the key is refused by name. AWS itself does not change paths, and over TLS no other can.
 */
export function guardPaths(getObject: GetObject, client: S3Client, source: BucketPrefix): GetObject {
  const addressOf = createBucketAddresses(client)
  const proofs = new Map<OddPart, { untilMs: number; isSafe: Promise<boolean> }>()
  let lastPlainKey: string | undefined

  async function isAws(): Promise<boolean> {
    const address = await addressOf(source.bucket)
    // Only AWS has buckets that need a signature which only the SDK can make.
    return address === undefined || (address.origin.startsWith('https:') && isAwsHost(address.origin))
  }

  async function arrivesAsWritten(part: OddPart, request: GetObjectRequest): Promise<boolean> {
    if (await isAws()) return true
    const ask = { ...request, versionId: undefined }
    for (const known of await findPlainKeys(part, request.signal)) {
      const key = detourTo(known, part, randomUUID())
      const straight = await etagBehind({ ...ask, key: known })
      const byDetour = await etagBehind({ ...ask, key })
      if (straight === undefined || straight === 'changed') continue
      return byDetour !== 'changed' && byDetour !== straight
    }
    throw new KeyUnprovenError(part)
  }

  /** The key that was read last, and keys of a listing. The object must exist, or its detour proves nothing. */
  async function findPlainKeys(part: OddPart, signal: AbortSignal | undefined): Promise<string[]> {
    const listing = { ...source, ...(signal === undefined ? {} : { signal }) }
    const listed = await readFirstKeys(client, listing, keysListed).catch((error: unknown) => {
      if (lastPlainKey === undefined) throw new KeyUnprovenError(part, error)
      return []
    })
    const plain = listed.filter((key) => oddPartsOf(key).length === 0 && !key.endsWith('/'))
    return [...(lastPlainKey === undefined ? [] : [lastPlainKey]), ...plain.slice(0, 3)]
  }

  async function etagBehind(request: GetObjectRequest): Promise<string | undefined> {
    try {
      const answer = await getObject(request)
      return answer.kind === 'read' ? answer.head.etag : undefined
    } catch (error) {
      const name = error instanceof Error ? error.name : ''
      if (refusals.has(name)) return undefined
      // The store signs another path than we did.
      if (name === 'SignatureDoesNotMatch') return 'changed'
      throw error
    }
  }

  function prove(part: OddPart, request: GetObjectRequest): Promise<boolean> {
    const known = proofs.get(part)
    if (known !== undefined && performance.now() < known.untilMs) return known.isSafe
    const isSafe = arrivesAsWritten(part, request)
    proofs.set(part, { untilMs: performance.now() + provenMs, isSafe })
    // A failure proves nothing, and a repaired proxy should be noticed at once.
    const forget = (): boolean => proofs.delete(part)
    isSafe.then((safe) => safe || forget(), forget)
    return isSafe
  }

  return async (request) => {
    const parts = oddPartsOf(request.key)
    for (const part of parts) if (!(await prove(part, request))) throw new KeyUnsafeError(part)
    const answer = await getObject(request)
    if (parts.length === 0 && answer.kind === 'read') lastPlainKey = request.key
    return answer
  }
}
