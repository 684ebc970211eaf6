import { formatSpan } from './format/duration.ts'
import { formatCount } from './format/plural.ts'
import type { OverallStatus } from './overall-status.ts'
import { wordProblem } from './problems/word-problem.ts'

/** The status as a sentence. */
export function wordStatus(status: OverallStatus): string {
  switch (status.state) {
    case 'stopped': {
      const others = status.others === 0 ? '' : ` And ${formatCount(status.others, 'more problem')}.`
      return `${wordProblem(status.worst).what}${others}`
    }
    case 'attention': {
      const need = formatCount(status.warnings, 'problem needs', 'problems need')
      const last = status.minutes === null ? '' : ` ${wordLast(status.minutes)}`
      return `Data is flowing, but ${need} attention.${last}`
    }
    case 'flowing':
      return `Data is flowing: the last object was processed ${formatMinutes(status.minutes)}.`
    case 'waiting':
      return wordWaiting(status)
  }
}

function wordWaiting(status: OverallStatus & { state: 'waiting' }): string {
  switch (status.reason) {
    case 'no_source':
      return 'No source is known yet. Start a worker, and its sources appear.'
    case 'nothing_arrived':
      return 'Nothing has arrived yet.'
    case 'reports_unread':
      return `The reports of workers could not be read. ${wordLast(status.minutes)}`
    case 'no_worker_known':
      return `No worker is known. ${wordLast(status.minutes)}`
  }
}

function wordLast(minutes: number): string {
  return `The last object was processed ${formatMinutes(minutes)}.`
}

function formatMinutes(minutes: number): string {
  return minutes < 1 ? 'just now' : `${formatSpan(minutes)} ago`
}
