import { loadDirectly } from '@aftercall/ingest/bulk/load-directly'
import { openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import { describeStopReason } from '@aftercall/operator/describe-stop-reason'
import { createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { describeError } from '@aftercall/runtime/text/describe-error'
import type { Database } from '@aftercall/warehouse/connection/database'
import {
  type CliContext,
  createCliLogger,
  type ParentProcess,
  StoppedError,
  UsageError,
} from '../../cli-context.ts'
import { version } from '../../version.ts'
import { withLoadingDatabase } from '../../with-database.ts'
import { readTotals } from '../read-totals.ts'
import type { WorkerOpening, WorkerOrder, WorkerReport } from './worker-messages.ts'

/**
 * Loads what its parent sends, until the parent closes it. Ctrl-C reaches every process of the terminal: here it has no
 * effect, because the parent says what to do. When the parent is gone, no process holds the run any more, so this one ends at
 * once, as after a kill.
 */
export async function performWorker(context: CliContext): Promise<void> {
  const { parent, signals } = context
  if (parent === undefined) throw new UsageError('aftercall backfill --workers starts this command by itself')
  for (const name of ['SIGINT', 'SIGTERM'] as const) signals.on(name, () => {})
  const orders = createOrders(parent)
  let [isReady, isDone] = [false, false]
  parent.onDisconnect(() => {
    if (!isDone) context.exitNow(1)
  })
  try {
    const first = await orders.next()
    if (first.kind !== 'open') return
    await withLoadingDatabase(first.config.database, async ({ db }) => {
      isReady = true
      await loadOrders(context, { first, db, parent, orders })
    })
  } catch (error) {
    if (isReady) throw error
    await report(parent, { kind: 'refused', message: describeError(error) })
  } finally {
    isDone = true
    parent.disconnect()
  }
}

type Orders = { next(): Promise<WorkerOrder> }

type Loading = { first: WorkerOpening; db: Database; parent: ParentProcess; orders: Orders }

async function loadOrders(context: CliContext, { first, db, parent, orders }: Loading): Promise<void> {
  const { config, source, maxRate } = first
  const stop = new AbortController()
  const { signal } = stop
  const metrics = createMetrics({ version })
  const bulk = openBulkIngest({
    ...{ config, db, metrics, signal },
    logger: createCliLogger(context, 'error'),
    clients: { env: context.env },
    createLimit: () => createAdaptiveLimit({ inFlightMax: config.worker.inFlight, perSecondMax: maxRate }),
    mustStop: (reason) => void report(parent, { kind: 'mustStop', message: describeStopReason(reason) }),
  })
  const limit = bulk.limitOf(source)
  const load = { ingest: bulk.ingest, limit, origin: 'Backfill' as const }

  async function loadPortion({ id, objects }: WorkerOrder & { kind: 'load' }): Promise<void> {
    try {
      // The parent counts whole portions.
      const result = await loadDirectly(load, source.bucket, objects, signal, () => {})
      const totals = { ...(await readTotals(metrics)), inFlightMax: limit.state().inFlightMax }
      await report(parent, { kind: 'loaded', id, result, totals })
    } catch (error) {
      if (!signal.aborted) throw error
      await report(parent, { kind: 'stopped', id })
    }
  }

  const portions = new Set<Promise<void>>()
  await report(parent, { kind: 'ready' })
  for (let order = await orders.next(); order.kind !== 'close'; order = await orders.next()) {
    switch (order.kind) {
      case 'load': {
        const portion = loadPortion(order).finally(() => portions.delete(portion))
        portions.add(portion)
        break
      }
      case 'stop':
        stop.abort(new StoppedError())
        break
      case 'slowDown':
        limit.slowDown()
        break
      case 'open':
        break
    }
  }
  await Promise.all(portions)
  await bulk.close()
}

/** The parent's messages, one after the other. */
function createOrders(parent: ParentProcess): Orders {
  const arrived: WorkerOrder[] = []
  let waiting: ((order: WorkerOrder) => void) | undefined
  parent.onMessage((message) => {
    // The parent is the same build.
    const order = message as WorkerOrder
    if (waiting === undefined) arrived.push(order)
    else waiting(order)
    waiting = undefined
  })
  return {
    next() {
      const [order] = arrived.splice(0, 1)
      return order === undefined
        ? new Promise((resolve) => {
            waiting = resolve
          })
        : Promise.resolve(order)
    },
  }
}

/** Resolves once it is sent. Without a parent there is no one to answer. */
function report(parent: ParentProcess, message: WorkerReport): Promise<void> {
  return new Promise((resolve) => {
    parent.send(message, () => resolve())
  })
}
