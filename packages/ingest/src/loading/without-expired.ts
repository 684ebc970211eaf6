import type { ExpiryClock } from '@aftercall/warehouse/load/expiry-clock'
import { isNonEmpty, type Settlement } from '@aftercall/warehouse/load/settlement'
import { isPastRetention } from '@aftercall/warehouse/maintenance/maintain'
import type { Source } from '../sources/find-source.ts'

/**
 * A late export must not bring back a session whose month retention has dropped: it is ignored, with a code of its own. While
 * the time is uncertain, nothing counts as past its retention; the next maintenance drops the surplus.
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
