import type { Settlement } from '@aftercall/warehouse/loader'
import { isPastRetention } from '@aftercall/warehouse/maintain'
import type { Source } from './find-source.ts'

/** A late export of a session whose month retention has dropped must not bring it back: it is ignored, by name. */
export function withoutExpired(settlement: Settlement, { retentionMonths }: Source, now: Date): Settlement {
  if (retentionMonths === undefined) return settlement
  const sessions = settlement.sessions.filter((one) => !isPastRetention(one.createdAt, retentionMonths, now))
  if (sessions.length === settlement.sessions.length) return settlement
  return { ...settlement, sessions, otherwise: { outcome: 'ignored', code: 'past_retention' } }
}
