import type { Row } from '../map/map-object.ts'
import type { Channel } from '../read/session-type.ts'
import type { ColumnValue } from '../tables/columns.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndexes } from '../tables/table-spec.ts'
import { findTerm, indexTerms } from '../vocabulary/find-term.ts'
import { statusVocabulary } from '../vocabulary/status.ts'

/** How the session ended, as its own columns state it. */
export type SessionEnd = {
  channel: Channel
  status: string | undefined
  failReason: string | undefined
  /** Undefined for `no_deflection`. */
  deflection: string | undefined
  /** The session goes on: the document is an early revision. */
  isOpen: boolean
  /** The end user was connected, to an agent or a virtual agent. Chats often lack the time. */
  wasConnected: boolean
}

const columns = columnIndexes(
  sessionTable,
  'session_type',
  'direction',
  'status',
  'fail_reason',
  'deflection',
  'connected_at',
  'ended_at',
)
const statuses = indexTerms(statusVocabulary)

export function readSessionEnd(session: Row, channel: Channel): SessionEnd {
  const status = textOf(session[columns.status])
  return {
    channel,
    status,
    failReason: textOf(session[columns.fail_reason]),
    deflection: deflectionOf(session[columns.deflection]),
    isOpen: isOpen(channel, status, isSet(session[columns.ended_at])),
    wasConnected: isSet(session[columns.connected_at]),
  }
}

/** The contact center makes the connection: an outbound session, a scheduled call or a callback. */
export function isDialed(session: Row): boolean {
  const type = textOf(session[columns.session_type])
  return session[columns.direction] === 'outbound' || (type !== undefined && /schedul|callback/i.test(type))
}

/** Where nothing says whether a status is final, the end of the session does. */
function isOpen(channel: Channel, status: string | undefined, hasEnded: boolean): boolean {
  const terminal = status === undefined ? undefined : findTerm(statuses, channel, status)?.term.terminal
  return terminal === undefined ? !hasEnded : !terminal
}

export function deflectionOf(value: ColumnValue | undefined): string | undefined {
  return value === 'no_deflection' ? undefined : textOf(value)
}

/** A deflection to another queue ends nothing: agents may answer there. */
export function isToQueue(deflection: string | undefined): boolean {
  return deflection !== undefined && /queue/i.test(deflection)
}

export function textOf(value: ColumnValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function isSet(value: ColumnValue | undefined): boolean {
  return value !== undefined && value !== null
}
