import { openLoader } from '@aftercall/ingest/loading/open-loader'
import type { MappedSession } from '@aftercall/metadata/map/map-session'
import { readConfig } from '@aftercall/runtime/config/config'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { encodeSession } from '@aftercall/warehouse/encode-session'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import { openBenchDatabase } from '../harness/bench-postgres.ts'
import { bucket, filesOf, type MixFile, openMix } from '../mix/mix.ts'
import { mapFile } from './map-file.ts'
import { forEachAtOnce, measureFiles, type Stage } from './stage.ts'

/** Enough that the next batch of every loader is always waiting. */
const atOnce = 1_000

/** The worker's own loader with default settings, fed with files that are already mapped. */
export const upsertRows: Stage = async ({ databaseUrl }, load) => {
  const mix = openMix()
  const ready = Array.from({ length: filesOf(load) }, (_, position) => {
    const file = mix.fileAt(load, position)
    const bytes = mix.bytesOf(file)
    return { file, bytes, session: mapFile(file, bytes) }
  })
  const reading = readConfig(JSON.stringify({ database: { url: databaseUrl } }), {}, ['database'])
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems))
  const { config } = reading
  const { db, close } = openBenchDatabase(databaseUrl, config.database.poolMax)
  const loader = openLoader({
    db,
    config: { ...config, encryption: { keys: [] } },
    logger: createLogger({ level: 'warn' }),
    signal: new AbortController().signal,
    metrics: createMetrics({ version: 'bench' }),
    events: { batchCommitted: () => {}, batchRetried: () => {}, noticed: () => {}, batchSplit: () => {} },
  })
  async function store(file: Ready): Promise<void> {
    const { kind } = await loader.commit(settlementOf(file))
    if (kind !== 'stored') throw new Error(`a file of the mix ended as ${kind}`)
  }
  const measured = await measureFiles(ready.length, async () => {
    // One revision after the other, so that none is skipped because the next one is in the same batch.
    for (let at = 0; at < ready.length; at += load.sessions)
      await forEachAtOnce(ready.slice(at, at + load.sessions), atOnce, store)
  })
  await close()
  return measured
}

type Ready = { file: MixFile; bytes: Buffer; session: MappedSession }

/** Encodes the rows as they are sent to Postgres, which is part of this stage. */
function settlementOf({ file, bytes, session }: Ready): Settlement {
  const { key, etag, versionId, sizeBytes, lastModified } = file
  const { source } = session.key
  const object = { bucket, key, source, etag, versionId, sizeBytes, lastModified, eventTime: new Date() }
  return {
    kind: 'documents',
    object: { ...object, contentSha256: session.revision.contentSha256, receiveCount: 1 },
    inLedger: true,
    sessions: [encodeSession(session, { bucket, objectKey: key })],
    rejections: [],
    content: bytes,
    keepsOriginal: false,
  }
}
