import { isMediaKey } from '@aftercall/metadata/read/object-key'
import { removedCode } from '@aftercall/warehouse/ledger/ledger'
import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import { syncStatusOf } from '../bulk/sync-status.ts'
import type { BucketObject } from './bucket-objects.ts'
import type { Pair } from './merge-pages.ts'

/**
 * What bucket and ledger together say of a key. Beside the standings of an object that is in the bucket: `gone`, the
 * ledger has it, the bucket no longer; `recent`, it would be missing, outdated or failed, but may still be on its way;
 * `other`, a recording or the like that nobody announced, which is no loss.
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
  /** When the comparison began, by the clock of the ledger. Read once, for all keys. */
  startedAt: Date
  /** When the bucket began to be listed: the same, or the time of an inventory. */
  asOf: Date
  /** What was modified from then on may still be announced. Undefined: nobody announces anything. */
  recentFrom?: Date | undefined
  /** Only what was modified from then on is judged. */
  since?: Date | undefined
}

/** Undefined for what there is nothing to say of: a known removal, what is not meant, what moved meanwhile. */
export function judgePair(pair: Pair, rules: JudgeRules): ReconcileClass | undefined {
  const { listed, known } = pair
  if (!isMeant(pair, rules)) return undefined
  if (listed === undefined) return known !== undefined && isGone(known, rules) ? 'gone' : undefined
  if (isMediaKey(listed.key)) return isUnread(known) ? 'other' : 'current'
  // No text in Postgres can hold it, so there is no ledger row, and no object of the name can be loaded.
  if (listed.key.includes('\0')) return 'rejected'
  const found = judgeListed(listed, known, rules)
  return found !== undefined && needsTime(found) && isRecent(listed, rules) ? 'recent' : found
}

/** Whether the ledger has the object as one that is in the bucket. */
export function isThereByLedger(known: KnownObject | undefined): known is KnownObject {
  return (
    known !== undefined &&
    known.removedAt === null &&
    known.outcome !== 'missing' &&
    known.code !== removedCode
  )
}

/** Whether the object's own modification is within what was asked for. */
export function isMeant({ listed, known }: Pair, { since }: JudgeRules): boolean {
  if (since === undefined) return true
  const time = listed === undefined ? known?.lastModified : listed.lastModified
  return time !== undefined && time !== null && time >= since
}

/** What was settled since the bucket began to be listed is there, or was, after its place was read. */
function isGone(known: KnownObject, { asOf }: JudgeRules): boolean {
  return isThereByLedger(known) && known.settledAt < asOf
}

function isUnread(known: KnownObject | undefined): boolean {
  return known === undefined || known.outcome === 'missing'
}

function judgeListed(
  listed: BucketObject,
  known: KnownObject | undefined,
  { startedAt, asOf }: JudgeRules,
): ReconcileClass | undefined {
  const standing = syncStatusOf(listed, known)
  if (known === undefined) return standing
  // It was removed after it was listed.
  if (known.removedAt !== null && known.removedAt >= asOf) return undefined
  // It is being tried right now, or was read while it was rewritten or removed: the next comparison can tell.
  if (standing === 'failed' && known.settledAt >= startedAt) return 'recent'
  if ((standing === 'outdated' || standing === 'missing') && known.settledAt >= asOf) return 'recent'
  // Noted as removed, and there again with the same content: the ledger has to be told.
  if (standing === 'current' && known.removedAt !== null) return 'outdated'
  return standing
}

function needsTime(found: ReconcileClass): boolean {
  return found === 'missing' || found === 'outdated' || found === 'failed'
}

/** An object from the future, by a clock that was wrong, is not on its way: it would be left out of every comparison. */
function isRecent({ lastModified }: BucketObject, { recentFrom, asOf }: JudgeRules): boolean {
  if (recentFrom === undefined || lastModified === undefined) return false
  return lastModified >= recentFrom && lastModified.getTime() <= asOf.getTime() + clocksDifferMs
}

const clocksDifferMs = 86_400_000
