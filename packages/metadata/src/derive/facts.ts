import type { Row } from '../map/map-object.ts'
import type { Rows } from '../map/map-tables.ts'
import type { SessionEnd } from './session-end.ts'

/** A mapped document, before its facts. */
export type FactParts = {
  session: Row
  rows: Rows
  end: SessionEnd
  /** Whether the rows of an array are all of its elements. Otherwise nothing is counted or summed over them. */
  areAll(array: string): boolean
}

/** What the handlings of agents tell the facts of other tables. */
export type HandleFacts = {
  /** Rows of `handle_duration` without barges, by start. */
  handles: readonly Row[]
  /** Those of them that count as handled, by start. */
  handled: readonly Row[]
}

/** What the facts of one table need to know of the others. */
export type Facts = FactParts &
  HandleFacts & {
    /** Rows of `queue_duration` with a queue, by start. */
    entries: readonly Row[]
  }
