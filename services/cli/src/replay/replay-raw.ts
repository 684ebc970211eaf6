import { commitSettlement } from '@aftercall/ingest/commit-settlement'
import { createMapper, type Mapper } from '@aftercall/ingest/create-mapper'
import { openLoader } from '@aftercall/ingest/loading/open-loader'
import { documentLimits } from '@aftercall/ingest/mapping/map-fetched'
import { mappingSettingsOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import type { IngestConfig } from '@aftercall/ingest/open-ingest'
import { type MappingSettings, settingsVersionOf } from '@aftercall/metadata/identity/mapping-settings'
import { mappingVersion } from '@aftercall/metadata/map/map-session'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import type { DatabaseHandle } from '@aftercall/warehouse/connection/database'
import {
  countRawDocuments,
  type RawDocument,
  readRawDocuments,
} from '@aftercall/warehouse/load/raw-documents'
import { createOpener } from '@aftercall/warehouse/sealing/create-opener'
import type { DocumentKeyError } from '@aftercall/warehouse/sealing/document-key-error'
import { readDocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import type { SessionPlace } from '../arguments/read-place.ts'
import { type CliContext, createCliLogger } from '../cli-context.ts'
import { version } from '../version.ts'

export type RawReplayRequest = {
  config: IngestConfig
  database: DatabaseHandle
  session: SessionPlace | undefined
  since: Date | undefined
}

export type RawReplayReport = {
  sessions: number
  mapped: number
  withoutDocument: number
  rejected: number
  /** Encrypted, and their key is not there. */
  unreadable: number
  failed: number
}

/**
 * Maps the kept documents of stored revisions again, with the same mapping and loader as live files. It skips sessions
 * that this release has already mapped with these settings, so it can be stopped and started at any point. A newer revision that arrives
 * in the meantime wins.
 */
export async function replayRaw(context: CliContext, request: RawReplayRequest): Promise<RawReplayReport> {
  const { config, database, session, since } = request
  const logger = createCliLogger(context, 'warn')
  const loader = openLoader({
    db: database.db,
    config,
    logger,
    metrics: createMetrics({ version }),
    signal: new AbortController().signal,
    events: {
      batchCommitted() {},
      batchRetried: (batch) => logger.warn(batch, 'the database did not take the batch; trying again'),
      batchSplit: (batch) => logger.warn(batch, 'the database refused the batch for its data; splitting it'),
      noticed: (notice) =>
        logger.warn(
          notice,
          'two sessions share an id, or a document was superseded by one from an older object',
        ),
    },
  })
  const { objectBytesMax } = config.worker
  const mapper = createMapper({
    limits: { ...documentLimits, objectBytesMax },
    onLargeEnd: (large) => logger.debug(large, 'a large document was mapped on its own thread'),
  })
  const settings = mappingSettingsOf(config)
  const mapping = { version: mappingVersion, settingsVersion: settingsVersionOf(settings) }
  const filter = { mapping, session, since }
  const { sessions, kept } = await countRawDocuments(database.db, filter)
  const report: RawReplayReport = {
    sessions,
    mapped: 0,
    withoutDocument: sessions - kept,
    rejected: 0,
    unreadable: 0,
    failed: 0,
  }
  const opener = createOpener(database.db, readDocumentKeys(config.encryption))
  const onUnreadable = ({ code, message }: DocumentKeyError): void => {
    if (report.unreadable === 0) logger.warn({ code }, `a document cannot be read: ${message}`)
    report.unreadable += 1
  }
  for await (const page of readRawDocuments(database.db, filter, { opener, onUnreadable })) {
    await Promise.all(page.map((raw) => replayDocument(raw, { config, settings, loader, mapper }, report)))
  }
  return report
}

type RawReplay = {
  config: IngestConfig
  settings: MappingSettings
  loader: Parameters<typeof commitSettlement>[0]['loader']
  mapper: Mapper
}

async function replayDocument(
  raw: RawDocument,
  { config, settings, loader, mapper }: RawReplay,
  report: RawReplayReport,
): Promise<void> {
  const timeZone = config.sources.find((source) => source.name === raw.source)?.timeZone
  const mapped = await mapper.mapRaw(raw, { timeZone, settings })
  if (mapped === 'stopped') {
    report.failed += 1
    return
  }
  if (mapped.kind === 'unusable') {
    report.rejected += 1
    return
  }
  const outcome = await commitSettlement({ loader }, mapped.settlement)
  if (outcome.kind === 'failed') report.failed += 1
  else if (outcome.kind === 'rejected') report.rejected += 1
  else report.mapped += 1
}
