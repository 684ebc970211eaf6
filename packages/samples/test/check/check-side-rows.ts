import { type Claim, type Fields, numberOf, rowsOf, timeOf } from './document-fields.ts'

/** A rating has a survey row, and a comment has `has_feedback`. */
export function checkSurvey(document: Fields, claim: Claim): void {
  const surveys = rowsOf(document, 'consumer_event_durations').filter(
    (row) => row.type === 'csat' && row.event === 'finished',
  )
  const rating = document.rating ?? null
  claim(rating === null || surveys.length > 0, 'a rating without a survey row')
  claim(rating !== null || surveys.length === 0, 'a finished survey without a rating')
  const commented = document.feedback !== null && document.feedback !== undefined
  claim(commented === (document.has_feedback === true), 'feedback and has_feedback disagree')
  const ended = timeOf(document, 'ends_at')
  for (const row of surveys) {
    const started = timeOf(row, 'started_at')
    claim(
      ended === null || started === null || started >= ended,
      'a survey that starts before the session ends',
    )
  }
}

export function checkRedactions(document: Fields, claim: Claim): void {
  for (const [index, recording] of rowsOf(document, 'recordings').entries()) {
    const recordedFrom = timeOf(recording, 'started_at') ?? 0
    for (const row of rowsOf(recording, 'redaction_times')) {
      const start = timeOf(row, 'start')
      const end = timeOf(row, 'end')
      if (start === null || end === null) continue
      const stated = numberOf(row, 'duration') ?? 0
      claim(
        Math.abs(end - start - stated) < 0.001,
        `recordings[${index}] redacts ${end - start} s, not ${stated} s`,
      )
      claim(start >= recordedFrom, `recordings[${index}] redacts before it records`)
    }
  }
}

/** Average answer times: text in the agents' rows, and numbers in the end users' (contract a.5). */
export function checkChatResponses(document: Fields, claim: Claim): void {
  for (const array of ['handle_durations', 'consumer_handle_durations', 'virtual_agent_handle_durations']) {
    for (const [index, row] of rowsOf(document, array).entries()) {
      const count = numberOf(row, 'response_count')
      const total = numberOf(row, 'response_time_total')
      const longest = numberOf(row, 'response_time_max')
      if (count === null || total === null || longest === null) continue
      const average = Number(row.response_time_avg)
      const expected = count === 0 ? 0 : total / count
      const place = `${array}[${index}]`
      claim(Math.abs(average - expected) <= 0.0501, `${place} averages ${average} s, not ${expected} s`)
      claim(
        longest <= total && longest * count >= total,
        `${place} cannot have ${longest} s as its longest answer`,
      )
    }
  }
}
