import type { ChildProcess } from 'node:child_process'
import type { PortionEnd, PortionLoader } from '@aftercall/ingest/bulk/share-load'
import type { CliContext } from '../../cli-context.ts'
import {
  type WorkerOpening,
  type WorkerOrder,
  type WorkerReport,
  type WorkerTotals,
  workerCommand,
} from './worker-messages.ts'

/** A process of a backfill that loads objects. */
export type BackfillWorker = PortionLoader & {
  pid: number
  totals(): WorkerTotals
  slowDown(): void
  /**
   * Lets it finish, and waits for its end.
   * @throws BackfillWorkerError when it did not end well
   */
  close(): Promise<void>
}

export type StartWorkerOptions = {
  context: CliContext
  opening: WorkerOpening
  /** Nothing can go on until someone has repaired something. */
  mustStop(message: string): void
  /** The process ended, `how` for people: `exit code 1`, or `SIGKILL`. Called before its loads end as `died`. */
  onEnd(worker: BackfillWorker, how: string): void
}

export class BackfillWorkerError extends Error {
  override readonly name = 'BackfillWorkerError'
  readonly code = 'backfill_worker'
  readonly retryable = true
}

/**
 * Starts a worker and waits until it can load.
 * @throws BackfillWorkerError with the reason when it cannot begin
 */
export async function startWorker(options: StartWorkerOptions): Promise<BackfillWorker> {
  const { context, opening, mustStop, onEnd } = options
  if (context.forkSelf === undefined) throw new Error('this process cannot start itself again')
  const child = context.forkSelf([workerCommand], context.env)
  const pending = new Map<number, (end: PortionEnd) => void>()
  const ready = Promise.withResolvers<void>()
  let totals: WorkerTotals = { outcomes: {}, bytes: 0, inFlightMax: 0 }
  let lastId = 0
  let isReady = false

  function end(id: number, how: PortionEnd): void {
    pending.get(id)?.(how)
    pending.delete(id)
  }

  child.on('message', (report: WorkerReport) => {
    switch (report.kind) {
      case 'ready':
        isReady = true
        return ready.resolve()
      case 'refused':
        return ready.reject(new BackfillWorkerError(`a backfill worker cannot begin: ${report.message}`))
      case 'loaded':
        totals = report.totals
        return end(report.id, { kind: 'loaded', result: report.result })
      case 'stopped':
        return end(report.id, { kind: 'stopped' })
      case 'mustStop':
        return mustStop(report.message)
    }
  })
  const worker: BackfillWorker = {
    pid: child.pid ?? 0,
    totals: () => totals,
    async load(objects, signal) {
      if (!child.connected) return ended.then(() => ({ kind: 'died' }))
      const id = ++lastId
      const { promise, resolve } = Promise.withResolvers<PortionEnd>()
      pending.set(id, resolve)
      send(child, { kind: 'load', id, objects })
      const onAbort = (): void => send(child, { kind: 'stop' })
      signal.addEventListener('abort', onAbort, { once: true })
      return promise.finally(() => signal.removeEventListener('abort', onAbort))
    },
    slowDown: () => send(child, { kind: 'slowDown' }),
    async close() {
      send(child, { kind: 'close' })
      const how = await ended
      if (how !== endedWell) throw new BackfillWorkerError(`a backfill worker could not finish: ${how}`)
    },
  }
  const ended = untilEnded(child).then((how) => {
    ready.reject(new BackfillWorkerError(`a backfill worker ended before it began: ${how}`))
    if (isReady) onEnd(worker, how)
    for (const id of [...pending.keys()]) end(id, { kind: 'died' })
    return how
  })
  send(child, { kind: 'open', ...opening })
  await ready.promise
  return worker
}

const endedWell = 'exit code 0'

/** A process that is gone does not get it, and its end is noticed elsewhere. */
function send(child: ChildProcess, order: WorkerOrder): void {
  if (child.connected) child.send(order, () => {})
}

/** Rejects never: a process that cannot be started has ended, too. */
function untilEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
}
