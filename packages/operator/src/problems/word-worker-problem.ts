import type { QueueState } from '@aftercall/warehouse/console/read-worker-state'
import { formatSpan } from '../format/duration.ts'
import { formatNumber } from '../format/number.ts'
import { formatCount } from '../format/plural.ts'
import type { WorkerProblem } from './found-problem.ts'
import type { ProblemWords } from './problem.ts'

const hostsShown = 3
const common = { sources: [], command: 'aftercall doctor' }

export function wordWorkerProblem(found: WorkerProblem): ProblemWords {
  switch (found.code) {
    case 'no_worker_known':
      return {
        ...common,
        command: null,
        runbookAnchor: 'no-worker-reports',
        what: 'No worker is known: none has reported within a day, so the state of the queue is unknown.',
        whatToDo:
          'Start one: aftercall worker. Without a worker, only backfills and aftercall load store sessions; if that is intended, ignore this notice.',
      }
    case 'no_worker_running':
      return {
        ...common,
        runbookAnchor: 'no-worker-reports',
        what: wordNotRunning(found),
        whatToDo: 'Start a worker. Until then new messages wait in the queue, and nothing is lost.',
      }
    case 'no_worker_receiving': {
      const last = found.lastErrorCode === null ? '' : ` The last failure was ${found.lastErrorCode}.`
      return {
        ...common,
        runbookAnchor: 'a-worker-is-not-ready-or-has-stopped-itself',
        what: `${formatCount(found.workers, 'worker runs', 'workers run')}, but none receives messages.${last}`,
        whatToDo: 'Check /readyz of a worker, or its log: both say what it waits for.',
      }
    }
    case 'workers_lost': {
      const shown = found.hosts.slice(0, hostsShown).join('; ')
      const others = found.hosts.length > hostsShown ? ' and others' : ''
      return {
        ...common,
        command: null,
        runbookAnchor: 'no-worker-reports',
        what: `${formatCount(found.hosts.length, 'worker has', 'workers have')} not reported for a minute or more: ${shown}${others}.`,
        whatToDo: `Other workers continue. ${found.hosts.length === 1 ? 'This one was' : 'These were'} killed, or cannot reach the database.`,
      }
    }
    case 'queue_late':
      return {
        ...common,
        runbookAnchor: 'queue-age-rises',
        what: `${nameQueue(found.queue)} is late: ${formatCount(found.queue.waiting ?? 0, 'message waits', 'messages wait')}, the oldest for about ${formatSeconds(found.oldestSeconds)}.`,
        whatToDo: 'Start more workers, or find out what slows the database down.',
      }
    case 'dead_letters':
      return {
        ...common,
        runbookAnchor: 'dead-letters',
        command: 'aftercall replay --dead-letters --dry-run',
        what: `${nameQueue(found.queue)} has ${formatNumber(found.messages)} dead ${found.messages === 1 ? 'letter' : 'letters'}: messages that failed too often.`,
        whatToDo: 'Repair the cause, then replay them: aftercall replay --dead-letters',
      }
  }
}

function wordNotRunning(found: WorkerProblem & { code: 'no_worker_running' }): string {
  const { wasStopped, silentSeconds, waitingMessages } = found
  const waited =
    waitingMessages === 0 ? '' : `; ${formatCount(waitingMessages, 'message')} waited in the queue then`
  return wasStopped
    ? `No worker runs: the last one was stopped ${formatSeconds(silentSeconds)} ago${waited}.`
    : `No worker has reported for ${formatSeconds(silentSeconds)}${waited}.`
}

function nameQueue({ name, url }: QueueState): string {
  return `${name === 'live' ? 'The queue' : 'The backfill queue'} ${url.slice(url.lastIndexOf('/') + 1)}`
}

function formatSeconds(seconds: number): string {
  return formatSpan(Math.floor(seconds / 60))
}
