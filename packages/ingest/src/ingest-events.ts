// biome-ignore-all lint/style/noExcessiveLinesPerFile: one list of events, each with its log line and its metric
import { createLimitedLog, type LimitedLog } from '@aftercall/runtime/telemetry/limited-log'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { DriftRecorder } from '@aftercall/warehouse/load/drift-recorder'
import type { LoaderEvents, Notice } from '@aftercall/warehouse/load/loader'
import type { DeliveredMessage, Delivery, Stage, StageClock } from './delivery.ts'
import type { IngestEvents } from './ingest-types.ts'
import { recordSuperseded } from './loading/record-drift.ts'
import type { Outcome, OutcomeKind } from './outcome.ts'

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
  /** Whether lag and freshness of stored objects mean anything. */
  isLive: boolean
}

export function createIngestEvents({ logger, metrics, now, isLive }: IngestEventsOptions): IngestEvents {
  const stages = createStageTimes(metrics)
  const log = createLimitedLog(logger)

  function objectEnded(delivery: Delivery, outcome: Outcome, clock: StageClock): void {
    stages.stageEnded(clock)
    const code = 'code' in outcome ? outcome.code : ''
    metrics.objectsInFlight.dec()
    metrics.objects.inc({ outcome: outcome.kind, code })
    if (outcome.kind === 'stored') {
      if (isLive) observeAges(metrics, delivery, clock, now())
      countOdd(metrics, clock)
      noteClockFaults(metrics, log, delivery, clock)
    }
    const level = levelOf[outcome.kind]
    if (level === 'debug' && !logger.isLevelEnabled('debug')) return
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
    log(level, `${outcome.kind} ${code}`, { ...line, ...cause }, `object ${outcome.kind}`)
  }

  function messageEnded({ messageId, receiveCount }: DeliveredMessage, outcome: Outcome): void {
    const code = 'code' in outcome ? outcome.code : ''
    const line = { outcome: outcome.kind, code, messageId, receiveCount }
    if (outcome.kind === 'failed') {
      log('warn', `message failed ${code}`, { ...line, error: outcome.cause }, 'message failed')
    } else {
      metrics.messagesRejected.inc({ code })
      log('warn', `message ${code}`, line, 'message rejected')
    }
  }

  return {
    testEventReceived: () => {
      metrics.testEvents.inc()
      log('info', 'test event', {}, 'the bucket sent its test event, so notifications reach the queue')
    },
    messageEnded,
    objectStarted: () => {
      metrics.objectsInFlight.inc()
      return { stage: undefined, stageBeganMs: 0, sessions: [] }
    },
    ...stages,
    fetchRetried: (retry) => {
      metrics.fetchRetries.inc()
      const line = { ...retry, waitMs: Math.round(retry.waitMs) }
      log('info', 'fetch retried', line, 'the store did not give an object; trying again')
    },
    sessionsExpired: ({ event: { ref }, messageId }, sessions) => {
      metrics.sessionsExpired.inc(sessions)
      const line = { bucket: ref.bucket, key: ref.key, messageId, sessions }
      log('info', 'sessions expired', line, 'sessions past their retention were not stored')
    },
    objectFetched: (sizeBytes) => metrics.objectBytes.inc(sizeBytes),
    clocksDisagree: (aheadMs) => {
      metrics.clockDisagreements.inc()
      log(
        'warn',
        'clocks disagree',
        { databaseAheadSeconds: Math.round(aheadMs / 1000) },
        'the clocks of the database and of this machine disagree; no session counts as past its retention',
      )
    },
    largeEnded({ end, bytes, durationMs }) {
      metrics.largeObjects.inc({ end })
      const line = { end, bytes, durationMs: Math.round(durationMs) }
      log(
        end === 'too_costly' ? 'warn' : 'debug',
        `large ${end}`,
        line,
        'a large object was mapped on its own thread',
      )
    },
    objectEnded,
  }
}

function createStageTimes(metrics: Metrics): Pick<IngestEvents, 'stageBegan' | 'stageEnded'> {
  const durations: Record<Stage, { observe(seconds: number): void }> = {
    fetch: metrics.stageDurationSeconds.labels({ stage: 'fetch' }),
    map: metrics.stageDurationSeconds.labels({ stage: 'map' }),
    load: metrics.stageDurationSeconds.labels({ stage: 'load' }),
  }
  return {
    stageBegan(clock, stage) {
      clock.stage = stage
      clock.stageBeganMs = performance.now()
    },
    stageEnded(clock) {
      if (clock.stage === undefined) return
      durations[clock.stage].observe((performance.now() - clock.stageBeganMs) / 1000)
      clock.stage = undefined
    },
  }
}

/** Lag is measured on the first receive only, so that retries do not distort it. */
function observeAges(metrics: Metrics, delivery: Delivery, clock: StageClock, now: Date): void {
  const committedAt = now.getTime()
  const { eventTime } = delivery.event
  if (delivery.receiveCount === 1 && eventTime !== undefined) {
    metrics.lagSeconds.observe(Math.max(0, (committedAt - eventTime.getTime()) / 1000))
  }
  for (const { endedAt } of clock.sessions) {
    if (endedAt !== null)
      metrics.freshnessSeconds.observe(Math.max(0, (committedAt - Date.parse(endedAt)) / 1000))
  }
}

function countOdd(metrics: Metrics, { sessions }: StageClock): void {
  metrics.schemaDrift.inc(sessions.filter((one) => one.drift.length > 0).length)
  for (const { unknownWords } of sessions) {
    const vocabularies = new Set(unknownWords.map((one) => one.vocabulary))
    for (const vocabulary of vocabularies) metrics.unknownWords.inc({ vocabulary })
  }
}

/** Only a wrong time of the document freezes a session. A local file's time is often wrong, so that fault is only counted. */
function noteClockFaults(
  metrics: Metrics,
  log: LimitedLog,
  { event: { ref } }: Delivery,
  { sessions }: StageClock,
): void {
  for (const { key, clockFaults } of sessions) {
    for (const fault of clockFaults) metrics.untrustedTimes.inc({ fault })
    const [fault] = clockFaults
    if (fault === undefined || fault === 'object_time_unusable') continue
    const line = { fault, ...key, bucket: ref.bucket, key: ref.key }
    log(
      'warn',
      `clock fault ${fault}`,
      line,
      'a time in the document cannot be true; another one orders its revisions',
    )
  }
}

export type LoaderEventsOptions = { logger: Logger; metrics: Metrics; drift: DriftRecorder }

/** The same for the loader's batches. */
export function createLoaderEvents({ logger, metrics, drift }: LoaderEventsOptions): LoaderEvents {
  const log = createLimitedLog(logger)
  return {
    noticed(notice) {
      switch (notice.kind) {
        case 'session_collision':
          metrics.sessionCollisions.inc()
          return log(
            'warn',
            notice.kind,
            lineOf(notice),
            'two sessions share an id; the newer one is stored, the other is kept',
          )
        case 'superseded_by_older_object':
          metrics.supersededByOlder.inc()
          recordSuperseded(drift, notice)
          return log(
            'info',
            notice.kind,
            lineOf(notice),
            'a document was superseded by one from an older object',
          )
      }
    },
    batchCommitted({ documents, durationMs, rowsByTable }) {
      metrics.batchDocuments.observe(documents)
      for (const [table, rows] of rowsByTable) metrics.rows.inc({ table }, rows)
      logger.debug({ documents, durationMs: Math.round(durationMs) }, 'batch committed')
    },
    batchRetried({ objects, attempt, waitMs, error }) {
      metrics.batchFaults.inc({ event: 'retried' })
      const line = { objects, attempt, waitMs: Math.round(waitMs), error }
      log('warn', 'retried', line, 'the database did not take the batch; trying again')
    },
    batchSplit({ objects, error }) {
      metrics.batchFaults.inc({ event: 'split' })
      const line = { objects, error }
      log('warn', 'split', line, 'the database refused the batch for its data; splitting it')
    },
  }
}

function lineOf({ source, channel, sessionId, bucket, objectKey, other }: Notice): object {
  return { source, channel, sessionId, bucket, key: objectKey, otherKey: other.objectKey }
}
