import { isAfter } from '../times/judge-times.ts'
import {
  type Instant,
  instantOfMoment,
  type Moment,
  readPlatformMoment,
  type TimeReader,
} from '../times/times.ts'
import { isJsonObject } from './parse-json.ts'

export type DocumentLimits = {
  /** The most levels of nesting. */
  depthMax: number
  /** The most values: objects, arrays, and leaves. */
  valuesMax: number
  /** The most rows of all tables together. */
  rowsMax: number
}

export type DocumentShape =
  | { kind: 'within-limits'; latestEventAt: Moment | null; hasEventAhead: boolean }
  | { kind: 'beyond-limits'; code: 'document_too_deep' | 'document_too_wide'; limit: number }

/** Keys of times in the past (ARCHITECTURE.md, "Identity and order"). `scheduled_at` is a plan, not an event. */
const eventTimeKeys = new Set([
  'created_at',
  'queued_at',
  'assigned_at',
  'connected_at',
  'started_at',
  'ends_at',
  'ended_at',
  'finished_at',
  'updated_at',
  'escalated_at',
  'sent_at',
  'casting_time',
  'first_msg_sent_at',
  'last_msg_sent_at',
  'start',
  'end',
])

/** Subtrees whose times do not belong to the session: settings of an agent's location, and the tenant's own data. */
const notTheSessionsOwn = new Set([
  'location',
  'custom_data_secured',
  'custom_data_not_secured',
  'virtual_agent_params',
  'sip_headers',
])
/** Content around the document, not in it. The key gets longer if the document has the same key. */
const aroundTheDocument = '_wrapper'

const shortestTime = '2026-03-23T13:12'.length

type Walk = {
  limits: DocumentLimits
  readTime: TimeReader
  values: number
  /** Later times are impossible and count as `ahead`. */
  latestMs: number
  momentMax: number
  /** Latest time in the platform's own form, in microseconds since 1970. */
  latestMoment: number
  /** Latest time in all other forms. */
  latestInstant: Instant
  hasEventAhead: boolean
}

/**
 * Walks the whole document once. Checks the limits for the following steps (I8) and bounds its own recursion by `depthMax`.
 * Finds `latest_event_at`: the greatest of the session's own past times, including nested rows, that is not after `latestMs`.
 */
export function surveyDocument(
  document: object,
  limits: DocumentLimits,
  readTime: TimeReader,
  latestMs = Number.POSITIVE_INFINITY,
): DocumentShape {
  const walk: Walk = {
    limits,
    readTime,
    values: 1,
    latestMs,
    momentMax: latestMs * 1_000,
    hasEventAhead: false,
    latestMoment: Number.NEGATIVE_INFINITY,
    latestInstant: '',
  }
  const beyond = surveyObject(document, 1, true, walk)
  if (beyond === undefined)
    return { kind: 'within-limits', latestEventAt: latestOf(walk), hasEventAhead: walk.hasEventAhead }
  const limit = beyond === 'document_too_deep' ? limits.depthMax : limits.valuesMax
  return { kind: 'beyond-limits', code: beyond, limit }
}

type Beyond = 'document_too_deep' | 'document_too_wide' | undefined

/** Walks an array or an object. `own`: its times belong to the session. */
function surveyObject(value: object, depth: number, own: boolean, walk: Walk): Beyond {
  if (depth > walk.limits.depthMax) return 'document_too_deep'
  if (Array.isArray(value)) return surveyElements(value, depth, own, walk)
  if (!isJsonObject(value)) return undefined
  for (const key in value) {
    const child = value[key]
    walk.values += 1
    if (typeof child === 'string') {
      if (own && child.length >= shortestTime && eventTimeKeys.has(key)) noteEvent(child, walk)
    } else if (typeof child === 'object' && child !== null) {
      // A list with one element is read as the element.
      if (own && Array.isArray(child) && child.length === 1 && typeof child[0] === 'string')
        noteEventAt(key, child[0], walk)
      const ownToo = own && !notTheSessionsOwn.has(key) && !(depth === 1 && key.startsWith(aroundTheDocument))
      const beyond = surveyObject(child, depth + 1, ownToo, walk)
      if (beyond !== undefined) return beyond
    }
  }
  return walk.values > walk.limits.valuesMax ? 'document_too_wide' : undefined
}

function surveyElements(elements: unknown[], depth: number, own: boolean, walk: Walk): Beyond {
  walk.values += elements.length
  if (walk.values > walk.limits.valuesMax) return 'document_too_wide'
  if (elements.length > 0 && depth === walk.limits.depthMax) return 'document_too_deep'
  for (const element of elements) {
    if (typeof element !== 'object' || element === null) continue
    const beyond = surveyObject(element, depth + 1, own, walk)
    if (beyond !== undefined) return beyond
  }
  return undefined
}

function noteEventAt(key: string, text: string, walk: Walk): void {
  if (eventTimeKeys.has(key)) noteEvent(text, walk)
}

function noteEvent(text: string, walk: Walk): void {
  const moment = readPlatformMoment(text)
  if (moment !== undefined) {
    if (moment > walk.momentMax) walk.hasEventAhead = true
    else if (moment > walk.latestMoment) walk.latestMoment = moment
    return
  }
  const instant = walk.readTime(text)?.instant
  if (instant === undefined) return
  if (isAfter(instant, walk.latestMs)) walk.hasEventAhead = true
  else if (instant > walk.latestInstant) walk.latestInstant = instant
}

function latestOf({ latestMoment, latestInstant }: Walk): Moment | null {
  if (latestInstant === '') return Number.isFinite(latestMoment) ? latestMoment : null
  const ofMoments = Number.isFinite(latestMoment) ? instantOfMoment(latestMoment) : ''
  return ofMoments > latestInstant ? ofMoments : latestInstant
}
