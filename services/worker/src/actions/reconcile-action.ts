import { loadListed } from '@aftercall/ingest/bulk/load-listed'
import { openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import { runReconcile } from '@aftercall/ingest/reconcile/run-reconcile'
import { createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { listPages } from '@aftercall/storage/listing/list-objects'
import type { Action } from '@aftercall/warehouse/actions/action'
import { actionInFlightMax, bulkOptionsOf, type Carrying } from './carrying.ts'
import { readArguments } from './read-arguments.ts'
import { requireSource } from './require-source.ts'

/** Compares bucket and ledger of a source, as `aftercall reconcile` does. Starts again if it was broken off: it is safe to repeat. */
export async function reconcileAction(carrying: Carrying): Promise<Action['counts']> {
  const { action, config, db, clients, signal, host, noteCounts } = carrying
  const { since, fix } = readArguments('reconcile', action.arguments)
  const source = requireSource(carrying)
  const inFlightMax = Math.min(actionInFlightMax, config.worker.inFlight)
  const bulk = openBulkIngest({
    ...bulkOptionsOf(carrying),
    signal,
    createLimit: () => createAdaptiveLimit({ inFlightMax }),
  })
  const { bucket, prefix } = source
  const load = { ingest: bulk.ingest, limit: bulk.limitOf(source), origin: 'Reconcile' } as const
  const found: Action['counts'] = {}
  noteCounts(found)
  try {
    const { counts } = await runReconcile({
      ...{ db, since, signal, source },
      run: { purpose: 'command', host },
      bucketObjects: {
        pages: listPages(clients.of(source), { bucket, prefix, signal, onRetry: bulk.onListRetry(source) }),
        asOf: null,
      },
      graceMs: config.reconcile.graceMinutes * 60_000,
      fix: fix
        ? {
            load: ({ key, listed }, loading) =>
              loadListed(load, { bucket, key, etag: listed?.etag }, loading),
            ...{ inFlightMax, acceptsGone: false },
          }
        : undefined,
      onDifference: ({ class: name }) => {
        found[name] = (found[name] ?? 0) + 1
      },
    })
    return { ...counts }
  } finally {
    await bulk.close()
  }
}
