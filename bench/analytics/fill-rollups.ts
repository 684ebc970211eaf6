import { openDatabase } from '@aftercall/warehouse/connection/database'
import { markChanged, refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'

/** Counts all stored sessions by hour and day, as a worker does after a bulk load. Copies by SQL list no hour. */
export async function fillRollups(url: string): Promise<{ hours: number; seconds: number }> {
  const { db, close } = openDatabase({
    ...{ url, poolMax: 1, applicationName: 'aftercall-bench', statementTimeoutSeconds: 3_600 },
    onIdleError: () => {},
  })
  try {
    await markChanged(db, '2000-01-01', '2100-01-01')
    const startedMs = performance.now()
    const hours = await refreshAllRollups(db, { quietMs: 0, patienceMs: 0 })
    return { hours, seconds: (performance.now() - startedMs) / 1_000 }
  } finally {
    await close()
  }
}
