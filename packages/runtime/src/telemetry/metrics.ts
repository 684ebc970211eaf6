// biome-ignore-all lint/style/noExcessiveLinesPerFile: one list of metrics, read as a whole
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** From objects that arrive within a moment to those of a backfill. */
const agesSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400, 604_800]

/**
 * All metrics of a process, in their own registry. Labels have values of closed sets only, never a key or an id. A process
 * creates this once and passes it down.
 */
export function createMetrics({ version }: { version: string }) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  nameBuild(registry, version)
  return {
    ...createMessageMetrics([registry]),
    ...createObjectMetrics([registry]),
    ...createLoadMetrics([registry]),
    ...createStateMetrics([registry]),
    ...createReconcileMetrics([registry]),
    ...createRollupMetrics([registry]),
    ...createLakeMetrics([registry]),
    /** The text format of Prometheus, version 0.0.4. */
    render: (): Promise<string> => registry.metrics(),
  }
}

function createMessageMetrics(registers: Registry[]) {
  return {
    messagesReceived: new Counter({
      name: 'aftercall_messages_received_total',
      help: 'Messages received from the queue; a message that is received again counts again',
      registers,
    }),
    messagesAcked: new Counter({
      name: 'aftercall_messages_acked_total',
      help: 'Messages deleted from the queue after each of their objects ended in an outcome other than failed',
      registers,
    }),
    messagesReturned: new Counter({
      name: 'aftercall_messages_returned_total',
      help: 'Messages returned to the queue for a later attempt',
      registers,
    }),
    messagesRejected: new Counter({
      name: 'aftercall_messages_rejected_total',
      help: 'Messages that are unusable, or have an unusable record, by code; kept as rejections and acked',
      labelNames: ['code'],
      registers,
    }),
    testEvents: new Counter({
      name: 'aftercall_test_events_total',
      help: 'Test events that S3 sends when notifications are switched on',
      registers,
    }),
    queueFaults: new Counter({
      name: 'aftercall_queue_faults_total',
      help: 'Failed calls to the queue, and messages whose receipt became invalid, by event',
      labelNames: ['event'],
      registers,
    }),
  }
}

function createObjectMetrics(registers: Registry[]) {
  return {
    objects: new Counter({
      name: 'aftercall_objects_total',
      help: 'Objects by outcome and, if the outcome has one, code',
      labelNames: ['outcome', 'code'],
      registers,
    }),
    objectBytes: new Counter({
      name: 'aftercall_object_bytes_total',
      help: 'Bytes of fetched objects, as stored in the bucket',
      registers,
    }),
    fetchRetries: new Counter({
      name: 'aftercall_fetch_retries_total',
      help: 'Fetches of objects that failed and were retried',
      registers,
    }),
    sessionsExpired: new Counter({
      name: 'aftercall_sessions_expired_total',
      help: 'Sessions that were not stored because their month is older than the retention of their source',
      registers,
    }),
    objectsInFlight: new Gauge({
      name: 'aftercall_objects_in_flight',
      help: 'Objects in flight, from fetch to outcome',
      registers,
    }),
    stageDurationSeconds: new Histogram({
      name: 'aftercall_stage_duration_seconds',
      help: 'Time of one object in a stage (fetch, map, load); load includes the wait for its batch',
      labelNames: ['stage'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    largeObjects: new Counter({
      name: 'aftercall_large_objects_total',
      help: 'Objects mapped on the thread for large objects, by result (mapped, too_costly, stopped)',
      labelNames: ['end'],
      registers,
    }),
    unknownWords: new Counter({
      name: 'aftercall_unknown_words_total',
      help: 'Stored documents with a word that is not in the vocabulary, by vocabulary; the word itself is kept',
      labelNames: ['vocabulary'],
      registers,
    }),
    untrustedTimes: new Counter({
      name: 'aftercall_untrusted_times_total',
      help: 'Stored documents with an impossible time, or an object time that does not fit the session, by fault; another time orders their revisions',
      labelNames: ['fault'],
      registers,
    }),
    schemaDrift: new Counter({
      name: 'aftercall_schema_drift_total',
      help: 'Documents with fields or values that the schema does not know; all of them are kept',
      registers,
    }),
  }
}

function createLoadMetrics(registers: Registry[]) {
  return {
    rows: new Counter({
      name: 'aftercall_rows_total',
      help: 'Rows written, by table',
      labelNames: ['table'],
      registers,
    }),
    clockDisagreements: new Counter({
      name: 'aftercall_clock_disagreements_total',
      help: 'Times that the database clock differed from this machine by over 15 minutes; retention is then suspended',
      registers,
    }),
    monthsLeftOut: new Counter({
      name: 'aftercall_months_left_out_total',
      help: 'Months of documents without a partition, by reason (outside the span, too_many within the hour, failed); their rows go to the default partition',
      labelNames: ['reason'],
      registers,
    }),
    batchDocuments: new Histogram({
      name: 'aftercall_batch_documents',
      help: 'Documents written in one transaction',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
      registers,
    }),
    sessionCollisions: new Counter({
      name: 'aftercall_session_collisions_total',
      help: 'Documents with the id of another session of the same source; the newer one is stored, and the other kept apart',
      registers,
    }),
    supersededByOlder: new Counter({
      name: 'aftercall_superseded_by_older_total',
      help: 'Documents superseded by a document from an object that is more than a day older: copies of old objects, or a wrong clock',
      registers,
    }),
    batchFaults: new Counter({
      name: 'aftercall_batch_faults_total',
      help: 'Batches that the database did not accept at once, by event: retried, or split to find the document at fault',
      labelNames: ['event'],
      registers,
    }),
    lagSeconds: new Histogram({
      name: 'aftercall_lag_seconds',
      help: 'Time from the announcement of an object to its commit, for messages received for the first time',
      buckets: agesSeconds,
      registers,
    }),
    freshnessSeconds: new Histogram({
      name: 'aftercall_freshness_seconds',
      help: 'Time from the end of a session to the commit of its revision',
      buckets: agesSeconds,
      registers,
    }),
  }
}

function createStateMetrics(registers: Registry[]) {
  return {
    queueMessages: new Gauge({
      name: 'aftercall_queue_messages',
      help: 'Approximate number of messages by queue (live, backfill) and state (visible, in_flight, delayed, dead_letter)',
      labelNames: ['queue', 'state'],
      registers,
    }),
    backfillObjectsMax: new Gauge({
      name: 'aftercall_backfill_objects_max',
      help: 'Objects of the backfill queue that may be in flight now; fewer while live objects arrive',
      registers,
    }),
    oldestMessageAgeSeconds: new Gauge({
      name: 'aftercall_oldest_message_age_seconds',
      help: 'Age of the oldest message in the last receive, since it was sent; 0 if the receive was empty',
      registers,
    }),
    poolConnections: new Gauge({
      name: 'aftercall_pool_connections',
      help: 'Database connections by state (idle, used), and callers waiting for one (waiting)',
      labelNames: ['state'],
      registers,
    }),
  }
}

function createReconcileMetrics(registers: Registry[]) {
  return {
    reconcileObjects: new Gauge({
      name: 'aftercall_reconcile_objects',
      help: 'Objects of a source by class in the last reconcile by this process; left: still missing after it',
      labelNames: ['source', 'class'],
      registers,
    }),
    reconcileSuccessSeconds: new Gauge({
      name: 'aftercall_reconcile_last_success_timestamp_seconds',
      help: 'Time of the last complete reconcile of the source by any worker, in seconds since 1970',
      labelNames: ['source'],
      registers,
    }),
  }
}

function createRollupMetrics(registers: Registry[]) {
  return {
    rollupHours: new Counter({
      name: 'aftercall_rollup_hours_total',
      help: 'Hours whose rollups this process has made again',
      registers,
    }),
    rollupWaitingHours: new Gauge({
      name: 'aftercall_rollup_waiting_hours',
      help: 'Changed hours whose rollups are to be made again, by any worker',
      registers,
    }),
    rollupLagSeconds: new Gauge({
      name: 'aftercall_rollup_lag_seconds',
      help: 'Age of the oldest change that is not in the rollups yet; 0 if there is none',
      registers,
    }),
    rollupDifferences: new Gauge({
      name: 'aftercall_rollup_differences',
      help: 'Rows that differed from the facts when a worker last compared a day; 0 if all were exact',
      registers,
    }),
  }
}

/** Of each place that `aftercall publish` keeps, from the database: a publisher may be gone between two turns. */
function createLakeMetrics(registers: Registry[]) {
  const labelNames = ['place'] as const
  return {
    publishLagSeconds: new Gauge({
      name: 'aftercall_publish_lag_seconds',
      help: 'Age of the oldest change that is not published to the place yet; 0 if there is none',
      labelNames,
      registers,
    }),
    publishWaitingDays: new Gauge({
      name: 'aftercall_publish_waiting_days',
      help: 'Days that have changed since they were published to the place',
      labelNames,
      registers,
    }),
    publishFailing: new Gauge({
      name: 'aftercall_publish_failing',
      help: '1 if the last try to publish to the place failed',
      labelNames,
      registers,
    }),
  }
}

function nameBuild(registry: Registry, version: string): void {
  const build = new Gauge({
    name: 'aftercall_build_info',
    help: 'Always 1; the label has the running version',
    labelNames: ['version'],
    registers: [registry],
  })
  build.set({ version }, 1)
}
