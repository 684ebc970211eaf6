import { checkHandles, checkTransfers } from './check-handling.ts'
import { checkMenu, checkReferences, checkUniqueIds } from './check-references.ts'
import { checkChatResponses, checkRedactions, checkSurvey } from './check-side-rows.ts'
import { checkOrderOfTimes } from './check-times.ts'
import {
  type Claim,
  conversationKeys,
  type Fields,
  numberOf,
  rowsOf,
  sumOf,
  timeOf,
} from './document-fields.ts'

/**
 * Finds contradictions within a session document: sums, spans, row pairs, and references (contract a.4, e). The rules hold for
 * the platform's own files. An empty list means that none is broken.
 */
export function checkArithmetic(document: Fields): string[] {
  const violations: string[] = []
  const claim: Claim = (holds, violation) => {
    if (!holds) violations.push(violation)
  }
  checkTotals(document, claim)
  checkSpans(document, claim)
  checkServiceLevels(document, claim)
  checkConsumer(document, claim)
  checkHandles(document, claim)
  checkTransfers(document, claim)
  checkUniqueIds(document, claim)
  checkReferences(document, claim)
  checkMenu(document, claim)
  checkOrderOfTimes(document, claim)
  checkSurvey(document, claim)
  checkRedactions(document, claim)
  checkChatResponses(document, claim)
  return violations
}

function checkTotals(document: Fields, claim: Claim): void {
  const wait = numberOf(document, 'wait_duration')
  const queued = sumOf(rowsOf(document, 'queue_durations'), 'queue_duration')
  claim(wait === null || wait === queued, `wait_duration ${wait} is not the sum ${queued} of the queue rows`)
  const handles = rowsOf(document, 'handle_durations')
  const hold = numberOf(document, 'hold_duration')
  const held = sumOf(handles, 'hold_duration')
  claim(hold === null || hold === held, `hold_duration ${hold} is not the sum ${held} of the handle rows`)
  const conversation = numberOf(document, ...conversationKeys)
  claim(handles.length > 0 || !conversation, `conversation of ${conversation} s without a handle row`)
  const created = timeOf(document, 'created_at')
  const ended = timeOf(document, 'ends_at')
  if (created === null || ended === null || conversation === null) return
  claim(
    conversation >= 0 && conversation <= ended - created,
    `conversation of ${conversation} s exceeds the session`,
  )
}

// Every array whose rows have a duration, a start, and an end.
const spanKeys: readonly (readonly [array: string, ...keys: string[]])[] = [
  ['queue_durations', 'queue_duration'],
  ['virtual_agent_handle_durations', ...conversationKeys],
  ['consumer_handle_durations', ...conversationKeys],
  ['consumer_event_durations', 'duration'],
  ['consumer_in_menu_durations', 'duration'],
  ['participants', ...conversationKeys],
]

function checkSpans(document: Fields, claim: Claim): void {
  for (const [array, ...keys] of spanKeys) {
    for (const [index, row] of rowsOf(document, array).entries()) {
      const stated = numberOf(row, ...keys)
      const started = timeOf(row, 'started_at', 'connected_at')
      const ended = timeOf(row, 'ended_at', 'finished_at')
      if (stated === null || started === null || ended === null) continue
      claim(
        stated === ended - started,
        `${array}[${index}] states ${stated} s but spans ${ended - started} s`,
      )
    }
  }
}

function checkServiceLevels(document: Fields, claim: Claim): void {
  for (const [index, row] of rowsOf(document, 'queue_durations').entries()) {
    const target = numberOf(row, 'service_level_target_time')
    const waited = numberOf(row, 'queue_duration') ?? 0
    const event = row.service_level_event ?? null
    const place = `queue_durations[${index}]`
    claim(target !== null || event === null, `${place} has a service level event without a target`)
    if (target === null) continue
    claim(event !== 'in_sla' || waited < target, `${place} is in_sla after ${waited} of ${target} s`)
    claim(event !== 'not_in_sla' || waited >= target, `${place} is not_in_sla after ${waited} of ${target} s`)
  }
}

function checkConsumer(document: Fields, claim: Claim): void {
  const consumer = rowsOf(document, 'participants').find((row) => row.type === 'end_user')
  for (const row of rowsOf(document, 'consumer_handle_durations')) {
    const own = consumer === undefined ? null : numberOf(consumer, ...conversationKeys)
    const stated = numberOf(row, ...conversationKeys)
    claim(own === stated, `consumer handle of ${stated} s, but the end user took part for ${own} s`)
  }
}
