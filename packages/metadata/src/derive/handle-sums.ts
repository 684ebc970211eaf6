import type { Row } from '../map/map-object.ts'
import { isJsonObject } from '../read/parse-json.ts'
import { int4Max } from '../tables/columns.ts'
import { handleDurationTable } from '../tables/handle-duration.ts'
import { sessionTable } from '../tables/session.ts'
import { columnIndex, columnIndexes } from '../tables/table-spec.ts'

/** A part of the handle time in each row. */
type HandlePart = {
  index: number
  keys: readonly string[]
  /** Some rows legitimately lack it, which counts as 0: hold in wrap-up rows and chats, before-call work in chats. */
  isOptional: boolean
}

const durationKeys = ['call_duration', 'chat_duration']
const handleParts = {
  connected: partOf('duration_seconds', durationKeys, false),
  hold: partOf('hold_seconds', ['hold_duration'], true),
  acw: partOf('acw_seconds', ['acw_duration'], false),
  bcw: partOf('bcw_seconds', ['bcw_duration'], true),
  assigned: partOf('assigned_connection_seconds', ['assigned_connection_duration'], false),
}
const extraIndex = columnIndex(handleDurationTable, 'extra')
const sessionColumns = columnIndexes(
  sessionTable,
  'talk_seconds',
  'acw_seconds',
  'bcw_seconds',
  'handle_seconds',
  'handle_from_assignment_seconds',
)

function partOf(column: string, keys: readonly string[], isOptional: boolean): HandlePart {
  return { index: columnIndex(handleDurationTable, column), keys, isOptional }
}

/**
 * Contract, section e. A handle's duration includes hold. The vendor has two starts of handle time: its reports start when the
 * agent accepts, its page on metadata at the assignment. A barge is a second agent in the same time, and is left out. Without
 * rows there is no sum, and also if a row has no usable duration, because a partial sum is wrong (section g, rule 17).
 */
export function fillHandleSums(session: Row, sums: HandleSums): void {
  const { connected, hold, acw, bcw, assigned } = sums
  const handle = connected + acw + bcw
  session[sessionColumns.talk_seconds] = secondsOrNull(connected - hold)
  session[sessionColumns.acw_seconds] = secondsOrNull(acw)
  session[sessionColumns.bcw_seconds] = secondsOrNull(bcw)
  session[sessionColumns.handle_seconds] = secondsOrNull(handle)
  session[sessionColumns.handle_from_assignment_seconds] = secondsOrNull(handle + assigned)
}

/** The sums of some rows; NaN where there is none. */
export type HandleSums = Readonly<Record<keyof typeof handleParts, number>>

export const noSums: HandleSums = { connected: NaN, hold: NaN, acw: NaN, bcw: NaN, assigned: NaN }

export function handleSums(handles: readonly Row[]): HandleSums {
  return {
    connected: sumOf(handles, handleParts.connected),
    hold: sumOf(handles, handleParts.hold),
    acw: sumOf(handles, handleParts.acw),
    bcw: sumOf(handles, handleParts.bcw),
    assigned: sumOf(handles, handleParts.assigned),
  }
}

export function addSums(one: HandleSums, other: HandleSums): HandleSums {
  return {
    connected: one.connected + other.connected,
    hold: one.hold + other.hold,
    acw: one.acw + other.acw,
    bcw: one.bcw + other.bcw,
    assigned: one.assigned + other.assigned,
  }
}

/** NaN if a row's value is missing, negative, or not readable and kept in `extra`. */
function sumOf(handles: readonly Row[], { index, keys, isOptional }: HandlePart): number {
  let sum = 0
  for (const handle of handles) {
    const value = handle[index]
    if (typeof value === 'number' && value >= 0) sum += value
    else if (typeof value === 'number' || !isOptional || holdsAny(handle[extraIndex], keys)) return Number.NaN
  }
  return sum
}

function holdsAny(extra: unknown, keys: readonly string[]): boolean {
  return isJsonObject(extra) && keys.some((key) => extra[key] !== undefined)
}

export function secondsOrNull(seconds: number): number | null {
  return seconds >= 0 && seconds <= int4Max ? seconds : null
}
