import { isMediaKey, isPlaceholderKey } from '@aftercall/metadata/read/object-key'
import { removedCode } from '@aftercall/warehouse/ledger/ledger'
import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import { syncStatusOf } from '../bulk/sync-status.ts'
import type { BucketObject } from './bucket-objects.ts'
import type { Pair } from './merge-pages.ts'

/**
 * How bucket and ledger compare for a key. Besides the sync statuses of an object in the bucket: `gone`, the ledger has it,
 * but the bucket no longer does; `recent`, it would be missing, outdated, or failed, but may still be on its way; `other`, a
 * recording, other media file, or empty object for a folder that was never announced, which is no loss.
 */
export type ReconcileClass =
  | 'current'
  | 'missing'
  | 'outdated'
  | 'failed'
  | 'rejected'
  | 'gone'
  | 'recent'
  | 'other'

export type JudgeRules = {
  /** When the comparison began, by the database's clock. Read once, for all keys. */
  startedAt: Date
  /** When the listing of the bucket began: the same instant, or the time of the inventory. */
  asOf: Date
  /** An object modified after this instant may still be announced. Undefined: no messages announce objects. */
  recentFrom?: Date | undefined
  /** Only objects modified since this instant are judged. */
  since?: Date | undefined
}

/** Undefined for a known removal, an object outside the request, and one that changed in the meantime. */
export function judgePair(pair: Pair, rules: JudgeRules): ReconcileClass | undefined {
  const { listed, known } = pair
  if (!isMeant(pair, rules)) return undefined
  if (listed === undefined) return known !== undefined && isGone(known, rules) ? 'gone' : undefined
  if (isNoSessionFile(listed)) return isUnread(known) ? 'other' : 'current'
  // No text in Postgres can hold a NUL, so there is no ledger row, and the object cannot be loaded.
  if (listed.key.includes('\0')) return 'rejected'
  const found = judgeListed(listed, known, rules)
  return found !== undefined && needsTime(found) && isRecent(listed, rules) ? 'recent' : found
}

/** Whether the object is in the bucket according to the ledger. */
export function isThereByLedger(known: KnownObject | undefined): known is KnownObject {
  return (
    known !== undefined &&
    known.removedAt === null &&
    known.outcome !== 'missing' &&
    known.code !== removedCode
  )
}

/** Whether the object's last modification is within the requested time. */
export function isMeant({ listed, known }: Pair, { since }: JudgeRules): boolean {
  if (since === undefined) return true
  const time = listed === undefined ? known?.lastModified : listed.lastModified
  return time !== undefined && time !== null && time >= since
}

/** An object that ended after the listing began was in the bucket after its part of the listing was read. */
function isGone(known: KnownObject, { asOf }: JudgeRules): boolean {
  return isThereByLedger(known) && known.settledAt < asOf
}

function isNoSessionFile({ key, sizeBytes }: BucketObject): boolean {
  return isMediaKey(key) || (sizeBytes === 0 && isPlaceholderKey(key))
}

function isUnread(known: KnownObject | undefined): boolean {
  return known === undefined || known.outcome === 'missing'
}

function judgeListed(
  listed: BucketObject,
  known: KnownObject | undefined,
  { startedAt, asOf }: JudgeRules,
): ReconcileClass | undefined {
  const status = syncStatusOf(listed, known)
  if (known === undefined) return status
  // It was removed after it was listed.
  if (known.removedAt !== null && known.removedAt >= asOf) return undefined
  // It is being tried right now, or was read while it was rewritten or removed: the next comparison decides.
  if (status === 'failed' && known.settledAt >= startedAt) return 'recent'
  if ((status === 'outdated' || status === 'missing') && known.settledAt >= asOf) return 'recent'
  // The ledger says removed, but the object is back with the same content: the ledger has to learn of it.
  if (status === 'current' && known.removedAt !== null) return 'outdated'
  return status
}

function needsTime(found: ReconcileClass): boolean {
  return found === 'missing' || found === 'outdated' || found === 'failed'
}

/** An object dated in the future by a wrong clock does not count as recent: every comparison would leave it out. */
function isRecent({ lastModified }: BucketObject, { recentFrom, asOf }: JudgeRules): boolean {
  if (recentFrom === undefined || lastModified === undefined) return false
  return lastModified >= recentFrom && lastModified.getTime() <= asOf.getTime() + clocksDifferMs
}

const clocksDifferMs = 86_400_000
