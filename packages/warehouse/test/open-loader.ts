import type { Database } from '../src/connection/database.ts'
import { createLoader, type Loader, type LoaderOptions } from '../src/load/loader.ts'
import { createMonths, type Months, type MonthsOptions } from '../src/maintenance/months.ts'

/** As configured by default. */
export const monthLimits = { yearsBack: 10, ahead: 1, madePerHourMax: 24 }

export function openMonths(db: Database, varied: Partial<MonthsOptions> = {}): Months {
  return createMonths({
    ...{ db, limits: monthLimits, nowMs: () => performance.now() },
    onFailure: () => {},
    onLeftOut: () => {},
    ...varied,
  })
}

/** A loader that does not wait between tries, with what a test varies. */
export function openLoader(db: Database, varied: Partial<LoaderOptions> = {}): Loader {
  return createLoader({
    db,
    months: openMonths(db),
    raw: 'all',
    batchSize: 50,
    batchBytesMax: 1_000_000,
    lingerMs: 1,
    batchesMax: 2,
    signal: new AbortController().signal,
    wait: async () => {},
    events: { batchCommitted() {}, batchRetried() {}, batchSplit() {}, noticed() {} },
    ...varied,
  })
}
