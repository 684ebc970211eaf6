import { openLoader } from '@aftercall/ingest/open-loader'
import { readConfig } from '@aftercall/runtime/config'
import { createLogger } from '@aftercall/runtime/logger'
import type { Settlement } from '@aftercall/warehouse/loader'
import { openBenchDatabase } from '../harness/bench-postgres.ts'
import { bucket, filesOf, type MixFile, openMix } from '../mix/mix.ts'
import { type Ceiling, forEachAtOnce, measureFiles } from './ceiling.ts'
import { mapFile } from './map-file.ts'

/** Enough that every loader has its next batch waiting. */
const atOnce = 1_000

/** The worker's own loader as it is configured by default, fed with files that are mapped already. */
export const upsertRows: Ceiling = async ({ databaseUrl }, load) => {
  const mix = openMix()
  const settlements = Array.from({ length: filesOf(load) }, (_, position) => {
    const file = mix.fileAt(load, position)
    return settlementOf(file, mix.bytesOf(file))
  })
  const reading = readConfig(JSON.stringify({ database: { url: databaseUrl } }), {}, ['database'])
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems))
  const { config } = reading
  const { db, close } = openBenchDatabase(databaseUrl, config.database.poolMax)
  const loader = openLoader({
    ...{ db, config, logger: createLogger({ level: 'warn' }), signal: new AbortController().signal },
    events: { batchCommitted: () => {}, batchRetried: () => {}, batchSplit: () => {} },
  })
  async function store(settlement: Settlement): Promise<void> {
    const { outcome } = await loader.settle(settlement)
    if (outcome !== 'stored') throw new Error(`a file of the mix was ${outcome}`)
  }
  const measured = await measureFiles(settlements.length, async () => {
    // One revision after the other, so that none is left out because its next one is in the same batch.
    for (let at = 0; at < settlements.length; at += load.sessions)
      await forEachAtOnce(settlements.slice(at, at + load.sessions), atOnce, store)
  })
  await close()
  return measured
}

function settlementOf(file: MixFile, bytes: Buffer): Settlement {
  const session = mapFile(file, bytes)
  const { key, etag, versionId, sizeBytes, lastModified } = file
  const { source } = session.key
  const object = { bucket, key, source, etag, versionId, sizeBytes, lastModified, eventTime: new Date() }
  return {
    object: { ...object, contentSha256: session.revision.contentSha256, receiveCount: 1 },
    ...{ about: 'content', sessions: [session], rejections: [], content: bytes, keepsOriginal: false },
    otherwise: { outcome: 'ignored', code: null },
  }
}
