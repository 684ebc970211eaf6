import type { Overview } from '@aftercall/warehouse/console/overview-types'
import type { QueueState, WorkerState } from '@aftercall/warehouse/console/read-worker-state'
import type { FoundProblem } from './found-problem.ts'

const lateSeconds = 600

/** Whether something consumes the queues. The ledger cannot show it: without a consumer it just does not change. */
export function findWorkers({ workers }: Overview): FoundProblem[] {
  if (workers === null) return []
  return [...findStandstill(workers), ...findLost(workers), ...workers.queues.flatMap(findQueueProblems)]
}

function findStandstill(state: WorkerState): FoundProblem[] {
  const { alive, receiving, last, lambda, queues, lastError } = state
  // A function that ran after the last worker reported consumes the queue in its place.
  if (lambda !== null && alive === 0 && lambda.silentSeconds < (last?.silentSeconds ?? Infinity)) return []
  if (last === null) return [{ code: 'no_worker_known', severity: 'notice' }]
  if (alive > 0) {
    if (receiving > 0) return []
    const lastErrorCode = lastError?.code ?? null
    return [{ code: 'no_worker_receiving', severity: 'critical', workers: alive, lastErrorCode }]
  }
  // A deployment stops one worker and starts the next.
  if (last.silentSeconds < 60) return []
  const waitingMessages = queues.reduce((sum, one) => sum + (one.waiting ?? 0), 0)
  return [{ code: 'no_worker_running', severity: 'critical', ...last, waitingMessages }]
}

function findLost({ alive, lost }: WorkerState): FoundProblem[] {
  if (alive === 0 || lost.length === 0) return []
  return [{ code: 'workers_lost', severity: 'notice', hosts: lost.map((one) => one.host) }]
}

function findQueueProblems(queue: QueueState): FoundProblem[] {
  const { oldestSeconds, deadLetters } = queue
  const late: FoundProblem[] =
    oldestSeconds === null || oldestSeconds <= lateSeconds
      ? []
      : [{ code: 'queue_late', severity: 'warning', queue, oldestSeconds }]
  if (deadLetters === null || deadLetters === 0) return late
  return [...late, { code: 'dead_letters', severity: 'warning', queue, messages: deadLetters }]
}
