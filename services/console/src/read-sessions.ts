import type { Database } from '@aftercall/warehouse/connection/database'
import { readRecentSessions } from '@aftercall/warehouse/console/session-history'
import { readSessionPage, readSessionsOfDay } from '@aftercall/warehouse/console/session-page'
import type { ConsoleFailure } from './answers.ts'
import type { SessionsAnswer, SessionsQuery } from './list-answers.ts'
import { readPlaces } from './read-places.ts'
import { FailedRequest } from './route.ts'

/** The sessions of a source: those of a channel, the highest ids first, or those of a day. */
export async function readSessions(db: Database, query: SessionsQuery): Promise<SessionsAnswer> {
  const { source, channel, day, after, limit } = query
  const sources = (await readPlaces(db)).map(({ name }) => name)
  if (source === null) {
    if (day !== null) throw new FailedRequest(dayWithoutSource)
    return { kind: 'recent', recent: await readRecentSessions(db), sources }
  }
  const { sessions, hasMore } =
    day === null
      ? await readSessionPage(db, { source, channel, before: after?.sessionId ?? null, limit })
      : await readSessionsOfDay(db, { source, day, after, limit })
  const last = sessions.at(-1)
  const next = hasMore && last !== undefined ? `${last.channel}-${last.sessionId}` : null
  return { kind: 'list', source, channel, day, sessions, next, sources }
}

const dayWithoutSource: ConsoleFailure = {
  status: 400,
  code: 'bad_request',
  reason: { kind: 'day_without_source' },
}
