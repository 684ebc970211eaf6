import { notedCode, removedCode } from '@aftercall/warehouse/ledger/ledger'
import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'

/**
 * What listing and ledger together say of an object that is in the bucket: `missing`, it never ended here (not announced,
 * or not found at the time, or not ours at the time); `outdated`, it was rewritten since; `failed`, it is being tried again
 * or was given up; `rejected`, this very content cannot be used; `current`, this very content has ended.
 */
export type SyncStatus = 'missing' | 'outdated' | 'failed' | 'rejected' | 'current'

/** What a listing tells; an inventory may lack some of it. */
export type Listed = {
  etag?: string | undefined
  lastModified?: Date | undefined
  sizeBytes?: number | undefined
}

/** Ends that say nothing about the content: it was never looked at, or belonged to nobody. */
const unreadCodes = new Set([removedCode, notedCode, 'no_source'])

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
  // A time from after it was read was made by a wrong clock, and would make every rewrite seem older.
  const isKnownAhead = known.lastModified.getTime() > known.settledAt.getTime() + clocksDifferMs
  if (isKnownAhead) return canCompareEtags || listedSeconds !== knownSeconds
  return canCompareEtags ? listedSeconds >= knownSeconds : listedSeconds > knownSeconds
}

const clocksDifferMs = 86_400_000

/** Listings tell milliseconds, the header of a fetched object whole seconds. */
function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}

/** Whether loading is what the object needs. */
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
