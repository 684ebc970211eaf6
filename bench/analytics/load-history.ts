import { createSecretKey } from 'node:crypto'
import { openLoader } from '@aftercall/ingest/loading/open-loader'
import { documentLimits, mapFetched } from '@aftercall/ingest/mapping/map-fetched'
import { noSettings } from '@aftercall/metadata/identity/mapping-settings'
import { readConfig } from '@aftercall/runtime/config/config'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { planHistory, sampleHistory } from '@aftercall/samples/sample-history'
import { writeDocument } from '@aftercall/samples/sample-session'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import { openBenchDatabase } from '../harness/bench-postgres.ts'
import { forEachAtOnce } from '../stages/stage.ts'

/** A file of the history, as the platform wrote it. */
export type HistoryFile = { source: string; key: string; writtenAt: Date; bytes: Buffer }

export type HistoryPeriod = { sessions: number; days: number; until: Date }

const settings = {
  ...noSettings,
  identityKey: createSecretKey('the identity key of the benchmark', 'utf8'),
}
const limits = { ...documentLimits, objectBytesMax: 8_388_608 }
const sources = builtInTenants.map(({ name, timeZone }) => ({
  ...{ name, timeZone, settings },
  ...{ bucket: 'files', prefix: `${name}/` },
}))
/** Enough that the next batch is always waiting. */
const atOnce = 2_000

/** All files of some weeks, in the order in which they were written. */
export function filesOfHistory(period: HistoryPeriod): HistoryFile[] {
  const files: HistoryFile[] = []
  for (const { tenant, revisions } of sampleHistory(planHistory({ seed: 'analytics', ...period })))
    for (const { key, exportedAt, document } of revisions)
      files.push({
        source: tenant,
        key: `${tenant}/${key}`,
        writtenAt: exportedAt,
        bytes: Buffer.from(writeDocument(document)),
      })
  return files.sort((left, right) => left.writtenAt.getTime() - right.writtenAt.getTime())
}

/** Maps the files and stores them with the worker's own loader, without their documents. */
export async function loadHistory(databaseUrl: string, files: readonly HistoryFile[]): Promise<void> {
  const text = JSON.stringify({ database: { url: databaseUrl }, raw: 'none' })
  const reading = readConfig(text, {}, ['database'])
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems))
  const { config } = reading
  const { db, close } = openBenchDatabase(databaseUrl, config.database.poolMax)
  await recordSources(db, sources)
  const loader = openLoader({
    ...{ db, config: { ...config, encryption: { keys: [] } } },
    logger: createLogger({ level: 'warn' }),
    signal: new AbortController().signal,
    metrics: createMetrics({ version: 'bench' }),
    events: { batchCommitted: () => {}, batchRetried: () => {}, noticed: () => {}, batchSplit: () => {} },
  })
  await forEachAtOnce(files, atOnce, async (file) => {
    const { kind } = await loader.commit(settlementOf(file))
    if (kind !== 'stored' && kind !== 'superseded') throw new Error(`${file.key} ended as ${kind}`)
  })
  await close()
}

function settlementOf({ source: name, key, writtenAt, bytes }: HistoryFile): Settlement {
  const source = sources.find((one) => one.name === name)
  if (source === undefined) throw new Error(`no source ${name}`)
  const object = { bucket: source.bucket, key, source: name, receiveCount: 1, eventName: 'ObjectCreated:Put' }
  const sizeBytes = bytes.byteLength
  const found = {
    ...{ bytes, sizeBytes, lastModified: writtenAt, key },
    kind: 'found',
    foundAs: 'announced',
  } as const
  return mapFetched(limits, source, object, found)
}
