import { type Claim, type Fields, rowsOf, timeOf } from './document-fields.ts'

// The platform's form of a business time. Redactions have another one.
const localTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.000[+-]\d{2}:\d{2}$/
const utcTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/** Nothing happens before the session begins, and `updated_at` is not before its end. */
export function checkOrderOfTimes(document: Fields, claim: Claim): void {
  const created = timeOf(document, 'created_at')
  const ended = timeOf(document, 'ends_at')
  const updated = timeOf(document, 'updated_at')
  claim(created !== null, 'created_at is not a time')
  claim(updated !== null, 'updated_at is not a time')
  if (created === null || updated === null) return
  for (const key of ['queued_at', 'assigned_at', 'connected_at', 'scheduled_at', 'ends_at', 'updated_at']) {
    const at = timeOf(document, key)
    claim(at === null || at >= created, `${key} is before created_at`)
  }
  claim(ended === null || updated >= ended, 'updated_at is before ends_at')
  for (const array of [
    'handle_durations',
    'queue_durations',
    'participants',
    'virtual_agent_handle_durations',
  ]) {
    for (const [index, row] of rowsOf(document, array).entries()) {
      const started = timeOf(row, 'started_at', 'connected_at')
      const finished = timeOf(row, 'ended_at', 'finished_at')
      claim(started === null || started >= created, `${array}[${index}] starts before created_at`)
      claim(
        started === null || finished === null || finished >= started,
        `${array}[${index}] ends before it starts`,
      )
    }
  }
  claimForms(document, '', claim)
}

function claimForms(value: unknown, path: string, claim: Claim): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) {
    const place = `${path}.${key}`
    if (typeof child === 'string' && /(_at|^casting_time)$/.test(key)) {
      claim(localTime.test(child), `${place} is not written as a local time: ${child}`)
    } else if (typeof child === 'string' && path.includes('.redaction_times.') && /^(start|end)$/.test(key)) {
      claim(utcTime.test(child), `${place} is not written in UTC with milliseconds: ${child}`)
    } else claimForms(child, place, claim)
  }
}
