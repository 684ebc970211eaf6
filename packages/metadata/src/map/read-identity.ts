import type { JsonObject } from '../read/parse-json.ts'
import type { Channel } from '../read/session-type.ts'
import { noTimes, onlyOf, readColumn, readValue, unreadable } from '../tables/columns.ts'
import { type Moment, readPlatformMoment, type TimeReader, type TimeResult } from '../times/times.ts'

export type Identity =
  | { kind: 'identity'; sessionId: string; created: TimeResult; createdAt: Moment }
  | { kind: 'unreadable'; problems: string[] }

const contexts = { call: { ...noTimes, channel: 'call' }, chat: { ...noTimes, channel: 'chat' } } as const

/** What a document needs to be stored: its id, and the month that it belongs to. */
export function readIdentity(
  { id, created_at }: JsonObject,
  channel: Channel,
  readTime: TimeReader,
): Identity {
  const sent = onlyOf(created_at)
  const sessionId = readValue(readColumn['session-id'], id, contexts[channel])
  const created = typeof sent === 'string' ? readTime(sent) : undefined
  if (sessionId !== null && sessionId !== unreadable && created !== undefined) {
    const createdAt = (typeof sent === 'string' ? readPlatformMoment(sent) : undefined) ?? created.instant
    return { kind: 'identity', sessionId: String(sessionId), created, createdAt }
  }
  const problems: string[] = []
  if (sessionId === null) problems.push('id is missing')
  if (sessionId === unreadable) problems.push('id is not a whole number of at most 64 bits')
  if (sent === undefined || sent === null) problems.push('created_at is missing')
  else if (created === undefined) problems.push('created_at is not an ISO 8601 time')
  return { kind: 'unreadable', problems }
}
