import { otherEventCode, removedCode } from '@aftercall/warehouse/ledger/ledger'
import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'

/**
 * How listing and ledger compare for an object in the bucket. `missing`: it never ended here, because it was not announced,
 * not found, or not in a source at the time; `outdated`: it was rewritten since; `failed`: it is being tried again or was given
 * up; `rejected`: this very content cannot be used; `current`: this very content has ended.
 */
export type SyncStatus = 'missing' | 'outdated' | 'failed' | 'rejected' | 'current'

/** An object as a listing describes it. An inventory may lack some fields. */
export type Listed = {
  etag?: string | undefined
  lastModified?: Date | undefined
  sizeBytes?: number | undefined
}

/** Ends that say nothing about the content, because it was never read. */
const unreadCodes = new Set([removedCode, otherEventCode, 'no_source'])

export function syncStatusOf(listed: Listed, known: KnownObject | undefined): SyncStatus {
  if (known === undefined || known.outcome === 'missing') return 'missing'
  if (known.outcome === 'ignored' && unreadCodes.has(known.code ?? '')) return 'missing'
  if (known.outcome === 'failed') return 'failed'
  if (isOutdated(listed, known)) return 'outdated'
  return known.outcome === 'rejected' ? 'rejected' : 'current'
}

/** Another ETag alone is no proof: the object may have been rewritten, and loaded, after it was listed. */
function isOutdated({ etag, lastModified }: Listed, known: KnownObject): boolean {
  if (etag !== undefined && etag === known.etag) return false
  if (lastModified === undefined || known.lastModified === null) return true
  const [listedSeconds, knownSeconds] = [seconds(lastModified), seconds(known.lastModified)]
  const canCompareEtags = etag !== undefined && known.etag !== null
  // A time later than the read comes from a wrong clock, and would make every rewrite look older.
  const isKnownAhead = known.lastModified.getTime() > known.settledAt.getTime() + clocksDifferMs
  if (isKnownAhead) return canCompareEtags || listedSeconds !== knownSeconds
  return canCompareEtags ? listedSeconds >= knownSeconds : listedSeconds > knownSeconds
}

const clocksDifferMs = 86_400_000

/** Listings have milliseconds, the header of a fetched object whole seconds. */
function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}

/** Whether the object has to be loaded. */
export function needsLoading(status: SyncStatus): boolean {
  switch (status) {
    case 'missing':
    case 'outdated':
    case 'failed':
      return true
    case 'rejected':
    case 'current':
      return false
  }
}
