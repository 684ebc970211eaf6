import type { SessionPart } from '@aftercall/warehouse/console/session-parts'
import type { Span } from './time-axis.ts'

/** A part whose time is known. */
export type TimedPart = { part: SessionPart; span: Span }

/** From when to when a part was; undefined if the document gives no time. An end before its start, as some documents have, is ignored. */
export function timesOf({ startedAt, endedAt, seconds }: SessionPart): Span | undefined {
  const longMs = Math.max(0, seconds ?? 0) * 1_000
  const fromMs = startedAt?.getTime() ?? (endedAt === null ? undefined : endedAt.getTime() - longMs)
  if (fromMs === undefined) return undefined
  return { fromMs, untilMs: Math.max(fromMs, endedAt?.getTime() ?? fromMs + longMs) }
}

export function timedParts(parts: readonly SessionPart[]): TimedPart[] {
  return parts.flatMap((part) => {
    const span = timesOf(part)
    return span === undefined ? [] : [{ part, span }]
  })
}

/** Unique within a session. */
export function keyOf({ kind, rowId }: SessionPart): string {
  return `${kind}-${rowId}`
}
