import { mapRaw } from '@aftercall/ingest/map-raw'
import { settle } from '@aftercall/ingest/settle'
import { mappingVersion } from '@aftercall/metadata/map-session'
import { abortableWait } from '@aftercall/runtime/abortable-wait'
import type { Config } from '@aftercall/runtime/config'
import type { DatabaseHandle } from '@aftercall/warehouse/database'
import { createLoader } from '@aftercall/warehouse/loader'
import { createMonths } from '@aftercall/warehouse/months'
import { countRawDocuments, type RawDocument, readRawDocuments } from '@aftercall/warehouse/raw-documents'
import { type CliContext, createCliLogger } from './cli-context.ts'
import type { SessionPlace } from './read-place.ts'

export type ReplayRequest = {
  config: Pick<Config, 'sources' | 'worker' | 'raw' | 'database'>
  database: DatabaseHandle
  session: SessionPlace | undefined
  since: Date | undefined
}

export type ReplayReport = {
  sessions: number
  mapped: number
  withoutDocument: number
  rejected: number
  failed: number
}

const batchBytesMax = 33_554_432

/**
 * Maps the kept documents of stored revisions again, through the same mapping and the same loader as live files. Only
 * sessions that older rules mapped are touched, so it can be stopped and started at any point; a newer revision that
 * arrives meanwhile wins.
 */
export async function replayRaw(context: CliContext, request: ReplayRequest): Promise<ReplayReport> {
  const { config, database, session, since } = request
  const logger = createCliLogger(context, 'warn')
  const loader = createLoader({
    db: database.db,
    months: createMonths({
      db: database.db,
      onFailure: (month, error) => logger.warn({ month, error }, 'the month has no partition yet'),
      now: () => new Date(),
    }),
    raw: config.raw,
    batchSize: config.worker.batchSize,
    batchBytesMax,
    lingerMs: 5,
    batchesMax: Math.max(1, config.database.poolMax - 1),
    signal: new AbortController().signal,
    wait: abortableWait,
    events: {
      batchCommitted() {},
      batchRetried: (batch) => logger.warn(batch, 'the database did not take the batch; trying again'),
      batchSplit: (batch) => logger.warn(batch, 'the database refused the batch for its data; splitting it'),
    },
  })
  const filter = { mappedBefore: mappingVersion, session, since }
  const { sessions, kept } = await countRawDocuments(database.db, filter)
  const report: ReplayReport = {
    sessions,
    mapped: 0,
    withoutDocument: sessions - kept,
    rejected: 0,
    failed: 0,
  }
  for await (const page of readRawDocuments(database.db, filter)) {
    await Promise.all(page.map((raw) => replayOne(raw, config, loader, report)))
  }
  return report
}

async function replayOne(
  raw: RawDocument,
  config: ReplayRequest['config'],
  loader: Parameters<typeof settle>[0]['loader'],
  report: ReplayReport,
): Promise<void> {
  const timeZone = config.sources.find((source) => source.name === raw.source)?.timeZone
  const mapped = mapRaw(raw, timeZone, config.worker.objectBytesMax)
  if (mapped.kind === 'unusable') {
    report.rejected += 1
    return
  }
  const outcome = await settle({ loader }, mapped.settlement)
  if (outcome.kind === 'failed') report.failed += 1
  else if (outcome.kind === 'rejected') report.rejected += 1
  else report.mapped += 1
}
