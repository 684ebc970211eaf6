import type { ExpiryClock } from '@aftercall/warehouse/load/expiry-clock'
import { isNonEmpty, type Settlement } from '@aftercall/warehouse/load/settlement'
import { isPastRetention } from '@aftercall/warehouse/maintenance/maintain'
import type { Source } from './find-source.ts'

/**
 * A late export of a session whose month retention has dropped must not bring it back: it is ignored, by name. While the
 * time is not known for certain, nothing is past its retention: what is stored too much goes with the next maintenance.
 */
export async function withoutExpired(
  settlement: Settlement,
  { retentionMonths }: Source,
  clock: ExpiryClock,
): Promise<Settlement> {
  if (retentionMonths === undefined || settlement.kind !== 'documents') return settlement
  const now = await clock.read()
  if (now === undefined) return settlement
  const sessions = settlement.sessions.filter((one) => !isPastRetention(one.createdAt, retentionMonths, now))
  if (sessions.length === settlement.sessions.length) return settlement
  if (isNonEmpty(sessions)) return { ...settlement, sessions }
  const { object, rejections } = settlement
  if (isNonEmpty(rejections)) return { kind: 'rejected', object, rejections }
  return { kind: 'ignored', object, code: 'past_retention' }
}
