import type { Drift } from './drift.ts'
import type { Revision } from './revision.ts'
import { type Instant, instantOf } from './times.ts'

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

/** What bounds the times of one document; of one without `created_at`, nothing. */
export type TimeBounds = {
  /** A time before it is from before the session. Empty where `created_at` itself cannot be true. */
  earliest: Instant | ''
  /** A time after it cannot have been known when the object was written. */
  latest: Instant
  /** Undefined where it does not fit the session. */
  objectLastModified: Instant | undefined
}

/**
 * Only values of the revision itself count, no clock of a machine that reads it: so every worker, at every time, comes to
 * the same order. Where the object is older than the session, `readUpdatedAt` decides which of the two times is wrong.
 */
export function boundTimes(
  createdAt: Instant | null,
  objectLastModified: Date,
  readUpdatedAt: () => Instant | null,
): TimeBounds {
  if (createdAt === null) return { earliest: '', latest: lastInstant, objectLastModified: undefined }
  const createdMs = Date.parse(createdAt)
  const objectMs = objectLastModified.getTime()
  const beforeSession = createdMs - toleranceMs
  const isOlder = objectMs < beforeSession
  const known = instantOf(new Date(objectMs + toleranceMs)) ?? ''
  const isCreatedAtWrong = isOlder && (readUpdatedAt() ?? lastInstant) <= known
  const fits = (objectMs >= beforeSession || isCreatedAtWrong) && objectMs <= createdMs + lifetimeMs
  return {
    earliest: isCreatedAtWrong ? '' : (instantOf(new Date(beforeSession)) ?? ''),
    latest: fits ? known || lastInstant : (instantOf(new Date(createdMs + lifetimeMs)) ?? lastInstant),
    objectLastModified: fits ? instantOf(objectLastModified) : undefined,
  }
}

/** Null for a time that cannot be true. */
export function withinBounds({ earliest, latest }: TimeBounds, time: Instant | null): Instant | null {
  return time !== null && time >= earliest && time <= latest ? time : null
}

const lastInstant = '9999-12-31T23:59:59.999999Z'

export type TimesToJudge = {
  bounds: TimeBounds
  /** As the document says. */
  updatedAt: Instant | null
  /** The greatest past-tense time that is not after `bounds.latest`. */
  latestEventAt: Instant
  /** Whether there is a time after `bounds.latest`, be it `updatedAt` or another. */
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
  const faults: ClockFault[] = []
  if (updatedAt !== null && updatedAt > bounds.latest) faults.push('updated_at_ahead')
  if (updatedAt !== null && updatedAt < bounds.earliest) faults.push('updated_at_behind')
  const believed = faults.length === 0 ? (updatedAt ?? latestEventAt) : undefined
  if (hasEventAhead && !faults.includes('updated_at_ahead')) faults.push('event_ahead')
  if (objectLastModified === undefined) faults.push('object_time_unusable')
  return {
    times: {
      updatedAt: believed ?? exportTime(latestEventAt, objectLastModified),
      latestEventAt,
      objectLastModified: objectLastModified ?? latestEventAt,
    },
    faults,
  }
}

function exportTime(latestEventAt: Instant, objectLastModified: Instant | undefined): Instant {
  if (objectLastModified === undefined || objectLastModified < latestEventAt) return latestEventAt
  const isCopy = Date.parse(objectLastModified) - Date.parse(latestEventAt) > toleranceMs
  return isCopy ? latestEventAt : objectLastModified
}

/** What the types of drift begin with that tell of a clock. */
export const clockDrift = 'clock: '

/** How a fault is counted in `ingest.schema_drift`. */
export const driftOfFault: Record<ClockFault, Drift> = {
  updated_at_ahead: { path: 'updated_at', type: `${clockDrift}later than its object` },
  updated_at_behind: { path: 'updated_at', type: `${clockDrift}before created_at` },
  event_ahead: { path: '*', type: `${clockDrift}an event later than its object` },
  object_time_unusable: { path: '*', type: `${clockDrift}the object's time does not fit the session` },
}
