import type { Database } from '../src/database.ts'
import { createLoader, type Loader, type LoaderOptions } from '../src/loader.ts'
import { createMonths } from '../src/months.ts'

/** A loader that does not wait between tries, with what a test varies. */
export function openLoader(db: Database, varied: Partial<LoaderOptions> = {}): Loader {
  return createLoader({
    db,
    months: createMonths({ db, onFailure: () => {}, now: () => new Date('2026-06-01T00:00:00Z') }),
    raw: 'all',
    batchSize: 50,
    batchBytesMax: 1_000_000,
    lingerMs: 1,
    batchesMax: 2,
    signal: new AbortController().signal,
    wait: async () => {},
    events: { batchCommitted() {}, batchRetried() {}, batchSplit() {} },
    ...varied,
  })
}
