import type { DatabaseConfig } from '@aftercall/runtime/config/config'
import { pause } from '@aftercall/runtime/limits/abortable-wait'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import { type Database, openDatabase } from '@aftercall/warehouse/connection/database'
import { readLakeState } from '@aftercall/warehouse/lake/lake-state'
import { leased } from '@aftercall/warehouse/leases/leases'
import { withLease } from '@aftercall/warehouse/leases/with-lease'
import { checkDayIfDue, readLastCheck } from '@aftercall/warehouse/rollups/check-rollups'
import { readRollupLag, refreshRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { restAfter } from './rest-after.ts'

export type KeepRollupsOptions = {
  config: { database: DatabaseConfig }
  logger: Logger
  metrics: Metrics
  /** Fires when the worker is stopped. */
  signal: AbortSignal
  everyMs?: number
  /** How long nothing is refreshed after a refresh that took `tookMs`. */
  restAfter?: (tookMs: number) => number
}

/** For the refresh and for the lease beside it. */
const connectionsMax = 2

/** An hour of a large tenant is one statement, which would never succeed if it took longer than a statement may. */
const statementTimeoutSeconds = 600

/**
 * Brings the rollups up to date every ten seconds, rests nine times as long as that took, and compares a random day with the
 * facts once a day. Of all workers one does it, under a lease; two at once would only do some work in vain. Loading does not
 * depend on it: a failure is logged once and tried again. Returns a function that waits for the end, once the signal has
 * fired.
 */
export function keepRollups(options: KeepRollupsOptions): () => Promise<void> {
  const { config, logger } = options
  const database = openDatabase({
    ...config.database,
    statementTimeoutSeconds: Math.max(statementTimeoutSeconds, config.database.statementTimeoutSeconds),
    poolMax: connectionsMax,
    applicationName: 'aftercall-rollups',
    onIdleError: (error) => logger.warn({ error }, 'an idle database connection broke; the pool replaces it'),
  })
  // Apart, so that the metrics also change while a refresh rests.
  const loops = [
    repeat(() => refreshUnderLease(database.db, options), {
      ...options,
      failure: 'the rollups could not be refreshed; loading goes on without them',
    }),
    // After a bulk load the list of changed hours is long, and to count it also costs something.
    repeat(() => withRest(() => setGauges(database.db, options), restAfter, options.signal), {
      ...options,
      failure: 'the metrics of rollups and lake could not be read',
    }),
  ]
  return async () => {
    await Promise.all(loops)
    await database.close()
  }
}

async function repeat(
  work: () => Promise<void>,
  { logger, signal, everyMs = 10_000, failure }: KeepRollupsOptions & { failure: string },
): Promise<void> {
  let isFailing = false
  while (!signal.aborted) {
    try {
      await work()
      isFailing = false
    } catch (error) {
      if (!isFailing && !signal.aborted) logger.warn({ error }, failure)
      isFailing = true
    }
    await pause(everyMs, signal)
  }
}

async function refreshUnderLease(db: Database, options: KeepRollupsOptions): Promise<void> {
  const { logger, metrics, signal, restAfter: restOf = restAfter } = options
  await withLease(db, { name: leased.rollups, host: thisProcess() }, async (lease) => {
    for (let hours: number | undefined; hours !== 0 && !signal.aborted; ) {
      await lease.confirm()
      // Under the lease, so that no other worker refreshes meanwhile.
      hours = await withRest(() => refresh(db, metrics), restOf, signal)
    }
    if (signal.aborted) return
    const check = await checkDayIfDue(db)
    if (check === undefined) return
    const { day, differences } = check
    if (differences.length === 0) logger.info({ day }, 'the rollups of a day were compared and are exact')
    else {
      logger.error({ day, differences }, 'rollups differ from the facts: aftercall rollup --rebuild')
    }
  })
}

async function refresh(db: Database, metrics: Metrics): Promise<number | undefined> {
  const hours = await refreshRollups(db)
  metrics.rollupHours.inc(hours ?? 0)
  return hours
}

/** Does the work, and then nothing for a multiple of the time that it took. */
async function withRest<Answer>(
  work: () => Promise<Answer>,
  restOf: (tookMs: number) => number,
  signal: AbortSignal,
): Promise<Answer> {
  const startedAtMs = performance.now()
  const answer = await work()
  await pause(restOf(performance.now() - startedAtMs), signal)
  return answer
}

async function setGauges(db: Database, { metrics }: KeepRollupsOptions): Promise<void> {
  const [lag, check, places] = await Promise.all([readRollupLag(db), readLastCheck(db), readLakeState(db)])
  metrics.rollupWaitingHours.set(lag.waitingHours)
  metrics.rollupLagSeconds.set(lag.oldestSeconds)
  metrics.rollupDifferences.set(check?.differences ?? 0)
  for (const gauge of [metrics.publishLagSeconds, metrics.publishWaitingDays, metrics.publishFailing])
    gauge.reset()
  for (const { place, oldestSeconds, waitingDays, failedAt } of places) {
    metrics.publishLagSeconds.set({ place }, oldestSeconds)
    metrics.publishWaitingDays.set({ place }, waitingDays)
    metrics.publishFailing.set({ place }, failedAt === null ? 0 : 1)
  }
}
