import type { Database } from '@aftercall/warehouse/connection/database'
import { createOpener, type Opener } from '@aftercall/warehouse/sealing/create-opener'
import { readDocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import { type BulkIngest, type BulkIngestOptions, openBulkIngest } from '../bulk/open-bulk-ingest.ts'
import { createFetchWithinLimit } from '../fetching/fetch-within-limit.ts'
import type { Ingest } from '../ingest-types.ts'
import type { ReplayCounts } from './replay-counts.ts'

export type Stopping = {
  /** Nothing more begins after it fires. */
  stop: AbortSignal
  /** Ends what is in flight. */
  breakOff: AbortSignal
}

/** The parts of a replay. */
export type OpenReplay = {
  db: Database
  /** For objects that are named one by one. */
  bulk: BulkIngest
  /** For the objects of messages. It tries again as for messages of a live queue. */
  ingest: Ingest
  replayCounts: ReplayCounts
  stopping: Stopping
  inFlightMax: number
  /** Reads the kept bytes of rejections that are encrypted. */
  opener: Opener
  close(): Promise<void>
}

export type OpenReplayOptions = Omit<BulkIngestOptions, 'signal'> & {
  replayCounts: ReplayCounts
  stopping: Stopping
  /** Objects at a time; `worker.inFlight` by default. */
  inFlightMax?: number
}

/** For `aftercall replay` and for the worker that carries out a replay. */
export function openReplay({
  replayCounts,
  stopping,
  inFlightMax,
  ...options
}: OpenReplayOptions): OpenReplay {
  const { config, db } = options
  const inFlight = inFlightMax ?? config.worker.inFlight
  const bulk = openBulkIngest({ ...options, signal: stopping.breakOff })
  const { fetchObject, events, random } = bulk.ingest
  const fetchWithinLimit = createFetchWithinLimit({
    ...{ fetchObject, random },
    inFlightMax: inFlight,
    onRetry: events.fetchRetried,
  })
  return {
    ...{ db, bulk, replayCounts, stopping },
    ingest: { ...bulk.ingest, fetchObject: fetchWithinLimit },
    inFlightMax: inFlight,
    opener: createOpener(db, readDocumentKeys(config.encryption)),
    close: bulk.close,
  }
}
