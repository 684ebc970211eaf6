import type { Revision } from './revision.ts'
import { type Instant, instantOf, instantOfMoment, type Moment } from './times.ts'

/** What is wrong with a time that orders revisions. */
export type ClockFault =
  /** `updated_at` is more than a day later than the object that holds it. */
  | 'updated_at_ahead'
  /** `updated_at` is more than a day earlier than `created_at`. */
  | 'updated_at_behind'
  /** Another past-tense time is more than a day later than the object that holds it. */
  | 'event_ahead'
  /** The object's last-modified time is from before the session, or from more than 25 years after it. */
  | 'object_time_unusable'

/** Clocks differ, and a local time may have been read with the wrong zone. */
const toleranceMs = 86_400_000
/** 25 years: no session is exported, and no object copied, later than this after the session was created. */
const lifetimeMs = 9_131 * 86_400_000

/** What bounds the times of one document, in milliseconds since 1970; of one without `created_at`, nothing. */
export type TimeBounds = {
  /** A time before it is from before the session. Negative infinity where `created_at` itself cannot be true. */
  earliestMs: number
  /** A time after it cannot have been known when the object was written. */
  latestMs: number
  /** Undefined where it does not fit the session. */
  objectLastModified: Instant | undefined
}

/**
 * Only values of the revision itself count, no clock of a machine that reads it: so every worker, at every time, comes to
 * the same order. Where the object is older than the session, `readUpdatedAt` decides which of the two times is wrong.
 */
export function boundTimes(
  createdAt: Moment | null,
  objectLastModified: Date,
  readUpdatedAt: () => Moment | null,
): TimeBounds {
  if (createdAt === null) {
    return { ...{ earliestMs: -Infinity, latestMs: Infinity }, objectLastModified: undefined }
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

/** Null for a time that cannot be true. */
export function withinBounds({ earliestMs, latestMs }: TimeBounds, time: Moment | null): Instant | null {
  const isWithin = time !== null && !isBefore(time, earliestMs) && !isAfter(time, latestMs)
  return isWithin ? instantOfMoment(time) : null
}

/** Most times are numbers, and compare without a text of the bound. */
export function isAfter(time: Moment, ms: number): boolean {
  return typeof time === 'number' ? time > ms * 1_000 : time > textOf(ms)
}

function isBefore(time: Moment, ms: number): boolean {
  return typeof time === 'number' ? time < ms * 1_000 : time < textOf(ms)
}

/** As instants compare: before all of them, or after them, where there is none. */
function textOf(ms: number): string {
  return Number.isFinite(ms) ? (instantOf(new Date(ms)) ?? (ms < 0 ? '' : '~')) : ms < 0 ? '' : '~'
}

export type TimesToJudge = {
  bounds: TimeBounds
  /** As the document says. */
  updatedAt: Moment | null
  /** The greatest past-tense time that is not after `bounds.latestMs`. */
  latestEventAt: Moment
  /** Whether there is a time after `bounds.latestMs`, be it `updatedAt` or another. */
  hasEventAhead: boolean
}

export type JudgedTimes = {
  times: Pick<Revision, 'updatedAt' | 'latestEventAt' | 'objectLastModified'>
  faults: ClockFault[]
}

/**
 * The times that order a revision (contract, h.2). In place of an `updated_at` that cannot be true the object's time
 * counts, where that is the time of the export: within a day of the latest event. The time of a copy that was made later
 * would put the document before the exports that followed it, so there the latest event counts.
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

/** `updated_at` is the latest event of most documents: its text is there already. */
function timeOf(updatedAt: Moment | null, latestEventAt: Moment, latestEvent: Instant): Instant {
  return updatedAt === null || updatedAt === latestEventAt ? latestEvent : instantOfMoment(updatedAt)
}

function exportTime(latestEventAt: Instant, objectLastModified: Instant | undefined): Instant {
  if (objectLastModified === undefined || objectLastModified < latestEventAt) return latestEventAt
  const isCopy = Date.parse(objectLastModified) - Date.parse(latestEventAt) > toleranceMs
  return isCopy ? latestEventAt : objectLastModified
}
