import type { Revision } from './revision.ts'
import { type Instant, instantOf, instantOfMoment, type Moment } from './times.ts'

/** A fault of a time that orders revisions. */
export type ClockFault =
  /** `updated_at` is more than a day later than the object that contains it. */
  | 'updated_at_ahead'
  /** `updated_at` is more than a day earlier than `created_at`. */
  | 'updated_at_behind'
  /** Another past time is more than a day later than the object that contains it. */
  | 'event_ahead'
  /** The object's last-modified time is before the session, or more than 25 years after it. */
  | 'object_time_unusable'

/** Clocks differ, and a local time may have been read with the wrong time zone. */
const toleranceMs = 86_400_000
/** 25 years. No session is exported, and no object copied, later than this after the session was created. */
const lifetimeMs = 9_131 * 86_400_000

/** The possible range for the times of one document, in milliseconds since 1970. Unbounded without `created_at`. */
export type TimeBounds = {
  /** Earlier times are before the session. Negative infinity if `created_at` itself is impossible. */
  earliestMs: number
  /** Later times could not have been known when the object was written. */
  latestMs: number
  /** Undefined if it does not fit the session. */
  objectLastModified: Instant | undefined
}

/**
 * Uses only values of the revision itself, never the clock of the reading machine, so every worker always computes the same
 * order. If the object is older than the session, `readUpdatedAt` decides which of the two times is wrong.
 */
export function boundTimes(
  createdAt: Moment | null,
  objectLastModified: Date,
  readUpdatedAt: () => Moment | null,
): TimeBounds {
  if (createdAt === null) {
    return { earliestMs: -Infinity, latestMs: Infinity, objectLastModified: undefined }
  }
  const createdMs = typeof createdAt === 'number' ? createdAt / 1_000 : Date.parse(createdAt)
  const objectMs = objectLastModified.getTime()
  const earliestMs = createdMs - toleranceMs
  const isCreatedAtWrong = objectMs < earliestMs && isConfirmed(readUpdatedAt(), objectMs + toleranceMs)
  const fits = (objectMs >= earliestMs || isCreatedAtWrong) && objectMs <= createdMs + lifetimeMs
  return {
    earliestMs: isCreatedAtWrong ? -Infinity : earliestMs,
    latestMs: fits ? objectMs + toleranceMs : createdMs + lifetimeMs,
    objectLastModified: fits ? instantOf(objectLastModified) : undefined,
  }
}

function isConfirmed(updatedAt: Moment | null, latestMs: number): boolean {
  return updatedAt !== null && !isAfter(updatedAt, latestMs)
}

/** Null for an impossible time. */
export function withinBounds({ earliestMs, latestMs }: TimeBounds, time: Moment | null): Instant | null {
  const isWithin = time !== null && !isBefore(time, earliestMs) && !isAfter(time, latestMs)
  return isWithin ? instantOfMoment(time) : null
}

/** Most times are numbers, which compare without formatting the bound. */
export function isAfter(time: Moment, ms: number): boolean {
  return typeof time === 'number' ? time > ms * 1_000 : time > textOf(ms)
}

function isBefore(time: Moment, ms: number): boolean {
  return typeof time === 'number' ? time < ms * 1_000 : time < textOf(ms)
}

/** Text that compares like instants. Sorts before or after all of them if the bound is infinite or out of range. */
function textOf(ms: number): string {
  return Number.isFinite(ms) ? (instantOf(new Date(ms)) ?? (ms < 0 ? '' : '~')) : ms < 0 ? '' : '~'
}

export type TimesToJudge = {
  bounds: TimeBounds
  /** From the document. */
  updatedAt: Moment | null
  /** The greatest past time that is not after `bounds.latestMs`. */
  latestEventAt: Moment
  /** Whether any time, including `updatedAt`, is after `bounds.latestMs`. */
  hasEventAhead: boolean
}

export type JudgedTimes = {
  times: Pick<Revision, 'updatedAt' | 'latestEventAt' | 'objectLastModified'>
  faults: ClockFault[]
}

/**
 * The times that order a revision (contract, g rule 2). An impossible `updated_at` is replaced by the object's time if that is the
 * time of the export: within a day of the latest event. The time of a later copy would sort the document after exports that
 * followed it, so then the latest event is used.
 */
export function judgeTimes({ bounds, updatedAt, latestEventAt, hasEventAhead }: TimesToJudge): JudgedTimes {
  const { objectLastModified } = bounds
  const latestEvent = instantOfMoment(latestEventAt)
  const faults: ClockFault[] = []
  if (updatedAt !== null && isAfter(updatedAt, bounds.latestMs)) faults.push('updated_at_ahead')
  if (updatedAt !== null && isBefore(updatedAt, bounds.earliestMs)) faults.push('updated_at_behind')
  const isBelieved = faults.length === 0
  if (hasEventAhead && !faults.includes('updated_at_ahead')) faults.push('event_ahead')
  if (objectLastModified === undefined) faults.push('object_time_unusable')
  return {
    times: {
      updatedAt: isBelieved
        ? timeOf(updatedAt, latestEventAt, latestEvent)
        : exportTime(latestEvent, objectLastModified),
      latestEventAt: latestEvent,
      objectLastModified: objectLastModified ?? latestEvent,
    },
    faults,
  }
}

/** In most documents `updated_at` is the latest event, whose text already exists. */
function timeOf(updatedAt: Moment | null, latestEventAt: Moment, latestEvent: Instant): Instant {
  return updatedAt === null || updatedAt === latestEventAt ? latestEvent : instantOfMoment(updatedAt)
}

function exportTime(latestEventAt: Instant, objectLastModified: Instant | undefined): Instant {
  if (objectLastModified === undefined || objectLastModified < latestEventAt) return latestEventAt
  const isCopy = Date.parse(objectLastModified) - Date.parse(latestEventAt) > toleranceMs
  return isCopy ? latestEventAt : objectLastModified
}
