import type { Logger } from '@aftercall/runtime/logger'
import type { Metrics } from '@aftercall/runtime/metrics'
import type { DriftRecorder } from '@aftercall/warehouse/drift-recorder'
import type { LoaderEvents, Notice } from '@aftercall/warehouse/loader'
import type { Delivery, Stage, StageClock } from './delivery.ts'
import type { FetchRetry } from './fetch-at-pace.ts'
import type { LargeEnd } from './mapping/create-mapper.ts'
import { noteSuperseded } from './note-drift.ts'
import type { Outcome, OutcomeKind } from './outcome.ts'

/** What happens on the path, one function each: it writes the log line and the metric together, and never throws. */
export type IngestEvents = {
  testEventReceived(): void
  objectStarted(delivery: Delivery): StageClock
  /** The store did not give an object, and is asked for it again. */
  fetchRetried(retry: FetchRetry): void
  objectFetched(sizeBytes: number): void
  /** The database's clock is so far ahead of this machine's (negative: behind) that nothing may expire by either. */
  clocksDisagree(aheadMs: number): void
  /** An object that was mapped on the thread for large ones, or was not. */
  largeEnded(large: { end: LargeEnd; bytes: number; durationMs: number }): void
  objectEnded(delivery: Delivery, outcome: Outcome, clock: StageClock): void
}

const levelOf: Record<OutcomeKind, 'debug' | 'info' | 'warn'> = {
  stored: 'debug',
  superseded: 'debug',
  duplicate: 'debug',
  missing: 'info',
  ignored: 'info',
  rejected: 'warn',
  failed: 'warn',
}

export type IngestEventsOptions = {
  logger: Logger
  metrics: Metrics
  now(): Date
  /** Whether lag and freshness of what is stored say anything. */
  isLive: boolean
}

export function createIngestEvents({ logger, metrics, now, isLive }: IngestEventsOptions): IngestEvents {
  const durations: Record<Stage, { observe(seconds: number): void }> = {
    fetch: metrics.stageDurationSeconds.labels({ stage: 'fetch' }),
    map: metrics.stageDurationSeconds.labels({ stage: 'map' }),
    load: metrics.stageDurationSeconds.labels({ stage: 'load' }),
  }

  function startClock(): StageClock {
    return {
      sessions: [],
      async time(stage, work) {
        const startedAt = performance.now()
        try {
          return await work()
        } finally {
          durations[stage].observe((performance.now() - startedAt) / 1000)
        }
      },
    }
  }

  function objectEnded(delivery: Delivery, outcome: Outcome, clock: StageClock): void {
    const code = 'code' in outcome ? outcome.code : ''
    metrics.objectsInFlight.dec()
    metrics.objects.inc({ outcome: outcome.kind, code })
    if (outcome.kind === 'stored') {
      if (isLive) observeAges(delivery, clock)
      metrics.schemaDrift.inc(clock.sessions.filter((one) => one.drift.length > 0).length)
      for (const { unknownWords } of clock.sessions) {
        for (const vocabulary of unknownWords) metrics.unknownWords.inc({ vocabulary })
      }
      noteClockFaults(delivery, clock)
    }
    const { bucket, key } = delivery.event.ref
    const { messageId, receiveCount } = delivery
    const cause = outcome.kind === 'failed' ? { error: outcome.cause } : {}
    const line = {
      outcome: outcome.kind,
      ...(code === '' ? {} : { code }),
      bucket,
      key,
      messageId,
      receiveCount,
    }
    logger[levelOf[outcome.kind]]({ ...line, ...cause }, `object ${outcome.kind}`)
  }

  /** A local file's time is often wrong, and only that of the document freezes a session: of the rest the count tells. */
  function noteClockFaults({ event: { ref } }: Delivery, { sessions }: StageClock): void {
    for (const { key, clockFaults } of sessions) {
      for (const fault of clockFaults) metrics.untrustedTimes.inc({ fault })
      const [fault] = clockFaults
      if (fault === undefined || fault === 'object_time_unusable') continue
      const line = { fault, ...key, bucket: ref.bucket, key: ref.key }
      logger.warn(line, 'a time in the document cannot be true; another one orders its revisions')
    }
  }

  /** Lag is taken on the first receive only, so that retries do not distort it. */
  function observeAges(delivery: Delivery, clock: StageClock): void {
    const committedAt = now().getTime()
    const { eventTime } = delivery.event
    if (delivery.receiveCount === 1 && eventTime !== undefined) {
      metrics.lagSeconds.observe(Math.max(0, (committedAt - eventTime.getTime()) / 1000))
    }
    for (const { endedAt } of clock.sessions) {
      if (endedAt !== null)
        metrics.freshnessSeconds.observe(Math.max(0, (committedAt - Date.parse(endedAt)) / 1000))
    }
  }

  return {
    testEventReceived: () => logger.info('the bucket sent its test event: notifications reach the queue'),
    objectStarted: () => {
      metrics.objectsInFlight.inc()
      return startClock()
    },
    fetchRetried: (retry) =>
      logger.info(
        { ...retry, waitMs: Math.round(retry.waitMs) },
        'the store did not give an object; trying again',
      ),
    objectFetched: (sizeBytes) => metrics.objectBytes.inc(sizeBytes),
    clocksDisagree: (aheadMs) => {
      metrics.clockDisagreements.inc()
      logger.warn(
        { databaseAheadSeconds: Math.round(aheadMs / 1000) },
        'the clocks of the database and of this machine disagree; no session is taken for past its retention',
      )
    },
    largeEnded({ end, bytes, durationMs }) {
      metrics.largeObjects.inc({ end })
      const line = { end, bytes, durationMs: Math.round(durationMs) }
      logger[end === 'too_costly' ? 'warn' : 'debug'](line, 'a large object was taken apart')
    },
    objectEnded,
  }
}

export type LoaderEventsOptions = { logger: Logger; metrics: Metrics; drift: DriftRecorder }

/** The loader's side of the same: batches. */
export function createLoaderEvents({ logger, metrics, drift }: LoaderEventsOptions): LoaderEvents {
  return {
    noticed(notice) {
      switch (notice.kind) {
        case 'session_collision':
          metrics.sessionCollisions.inc()
          return logger.warn(
            lineOf(notice),
            'two sessions share an id; the newer one is stored, the other is kept',
          )
        case 'superseded_by_older_object':
          metrics.supersededByOlder.inc()
          noteSuperseded(drift, notice)
          return logger.info(lineOf(notice), 'a document was superseded by one from an older object')
      }
    },
    batchCommitted({ documents, durationMs, rowsByTable }) {
      metrics.batchDocuments.observe(documents)
      for (const [table, rows] of rowsByTable) metrics.rows.inc({ table }, rows)
      logger.debug({ documents, durationMs: Math.round(durationMs) }, 'batch committed')
    },
    batchRetried({ objects, attempt, waitMs, error }) {
      const line = { objects, attempt, waitMs: Math.round(waitMs), error }
      logger.warn(line, 'the database did not take the batch; trying again')
    },
    batchSplit({ objects, error }) {
      logger.warn({ objects, error }, 'the database refused the batch for its data; splitting it')
    },
  }
}

function lineOf({ source, channel, sessionId, bucket, objectKey, other }: Notice): object {
  return { source, channel, sessionId, bucket, key: objectKey, otherKey: other.objectKey }
}
