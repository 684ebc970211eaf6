import type { Overview } from './overview.ts'
import type { Problem } from './problems.ts'
import type { QueueState, WorkerState } from './read-worker-state.ts'
import { counted, formatNumber, formatSpan } from './tell-amount.ts'

const lateSeconds = 600

/** Whether anything takes what waits. The ledger alone cannot tell: where nothing is taken, it stands still. */
export function findWorkers({ workers }: Overview): Problem[] {
  if (workers === null) return []
  return [...findStandstill(workers), ...findLost(workers), ...workers.queues.flatMap(findQueue)]
}

const common: Pick<Problem, 'about' | 'sources' | 'command'> = {
  about: 'workers',
  sources: [],
  command: 'aftercall doctor',
}

function findStandstill({ alive, receiving, last, lambda, queues, lastError }: WorkerState): Problem[] {
  const runbookAnchor = 'no-worker-reports'
  // What has run since the last worker reported takes the messages in its place.
  if (lambda !== null && alive === 0 && lambda.silentSeconds < (last?.silentSeconds ?? Infinity)) return []
  if (last === null) {
    const whatToDo =
      'Start one: aftercall worker. Without one only aftercall load and backfills store anything; if that is meant, nothing is wrong.'
    const what = 'No worker is known: none has reported within a day, so the state of the queue is unknown.'
    return [{ ...common, severity: 'notice', command: null, what, whatToDo, runbookAnchor }]
  }
  if (alive > 0) {
    if (receiving > 0) return []
    const error = lastError === null ? '' : ` Its last failure: ${lastError.code}.`
    const what = `${counted(alive, 'worker runs', 'workers run')}, and none receives messages.${error}`
    const whatToDo = 'Look at /readyz of a worker, or at its log: both name what it waits for.'
    return [
      {
        ...common,
        severity: 'critical',
        what,
        whatToDo,
        runbookAnchor: 'a-worker-is-not-ready-or-has-stopped-itself',
      },
    ]
  }
  // A deployment stops one and starts the next.
  if (last.silentSeconds < 60) return []
  const waiting = queues.reduce((sum, one) => sum + (one.waiting ?? 0), 0)
  const waited = waiting === 0 ? '' : `; ${counted(waiting, 'message')} waited in the queue then`
  const since = formatSpan(Math.floor(last.silentSeconds / 60))
  const what = last.wasStopped
    ? `No worker runs: the last one was stopped ${since} ago${waited}.`
    : `No worker has reported for ${since}${waited}.`
  const whatToDo = 'Start a worker: what lands meanwhile waits in the queue, and nothing is lost.'
  return [{ ...common, severity: 'critical', what, whatToDo, runbookAnchor }]
}

function findLost({ alive, lost }: WorkerState): Problem[] {
  if (alive === 0 || lost.length === 0) return []
  const what = `${counted(lost.length, 'worker has', 'workers have')} not reported for a minute or more: ${lost
    .slice(0, 3)
    .map((one) => one.host)
    .join('; ')}${lost.length > 3 ? ' and others' : ''}.`
  const whatToDo = `The others go on. ${lost.length === 1 ? 'This one was' : 'These were'} killed, or cannot reach the database.`
  return [
    { ...common, severity: 'notice', command: null, what, whatToDo, runbookAnchor: 'no-worker-reports' },
  ]
}

function findQueue({ name, url, waiting, oldestSeconds, deadLetters }: QueueState): Problem[] {
  const queue = `${name === 'live' ? 'The queue' : 'The backfill queue'} ${url.slice(url.lastIndexOf('/') + 1)}`
  const late: Problem[] =
    oldestSeconds === null || oldestSeconds <= lateSeconds
      ? []
      : [
          {
            ...{ ...common, severity: 'warning', runbookAnchor: 'queue-age-rises' },
            what: `${queue} is late: ${counted(waiting ?? 0, 'message waits', 'messages wait')}, the oldest for about ${formatSpan(Math.floor(oldestSeconds / 60))}.`,
            whatToDo: 'Start more workers, or see what slows the database down.',
          },
        ]
  if (deadLetters === null || deadLetters === 0) return late
  return [
    ...late,
    {
      ...{ ...common, severity: 'warning', runbookAnchor: 'dead-letters' },
      command: 'aftercall replay --dead-letters --dry-run',
      what: `${queue} has ${formatNumber(deadLetters)} dead ${deadLetters === 1 ? 'letter' : 'letters'}: messages that failed again and again.`,
      whatToDo: 'Repair the cause, then load them: aftercall replay --dead-letters',
    },
  ]
}
