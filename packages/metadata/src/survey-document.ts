import { isJsonObject } from './parse-json.ts'
import type { Instant, TimeReader } from './times.ts'

export type DocumentLimits = {
  /** Levels of nesting at the most. */
  depthMax: number
  /** Values (objects, arrays and leaves) at the most. */
  valuesMax: number
  /** Rows of all tables together at the most. */
  rowsMax: number
}

export type Survey =
  | { kind: 'within-limits'; latestEventAt: Instant | null }
  | { kind: 'beyond-limits'; code: 'document_too_deep' | 'document_too_wide'; limit: number }

/** Keys of past-tense times (data model, revision order). `scheduled_at` is a plan, not an event. */
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

/** Subtrees whose times are not the session's: settings of an agent's location, and maps the tenant fills. */
const notTheSessionsOwn = new Set([
  'location',
  'custom_data_secured',
  'custom_data_not_secured',
  'virtual_agent_params',
  'sip_headers',
  // What stood around the document, not in it.
  '_wrapper',
])

type Step = { value: unknown; depth: number; own: boolean }

/**
 * Walks the whole document once, without recursion: keeps what follows within bounds (I8) and finds
 * `latest_event_at`, the greatest instant of the session's own past-tense times, nested rows included.
 */
export function surveyDocument(document: object, limits: DocumentLimits, readTime: TimeReader): Survey {
  const steps: Step[] = [{ value: document, depth: 1, own: true }]
  let values = 0
  let latest: Instant | null = null
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    values += 1
    if (values > limits.valuesMax)
      return { kind: 'beyond-limits', code: 'document_too_wide', limit: limits.valuesMax }
    if (step.depth > limits.depthMax)
      return { kind: 'beyond-limits', code: 'document_too_deep', limit: limits.depthMax }
    if (Array.isArray(step.value)) {
      for (const value of step.value) steps.push({ value, depth: step.depth + 1, own: step.own })
    } else if (isJsonObject(step.value)) {
      for (const key of Object.keys(step.value)) {
        const value = step.value[key]
        if (typeof value === 'object' && value !== null) {
          steps.push({ value, depth: step.depth + 1, own: step.own && !notTheSessionsOwn.has(key) })
        } else if (step.own && typeof value === 'string' && eventTimeKeys.has(key)) {
          const instant = readTime(value)?.instant
          if (instant !== undefined && (latest === null || instant > latest)) latest = instant
          values += 1
        } else {
          values += 1
        }
      }
    }
  }
  return { kind: 'within-limits', latestEventAt: latest }
}
