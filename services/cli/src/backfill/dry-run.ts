import { mappingSettingsOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import { estimateBackfill } from '@aftercall/operator/estimate-backfill'
import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import type { CliContext } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import type { BackfillOptions } from './backfill-options.ts'
import type { OpenBackfill } from './open-backfill.ts'
import { formatDryRun } from './print-dry-run.ts'

/** Counts what a backfill would load, measures a sample, and estimates time and cost. Loads nothing. */
export async function performDryRun(
  { stderr }: CliContext,
  options: BackfillOptions,
  backfill: OpenBackfill,
  { json, listersMax }: { json: boolean; listersMax: number },
): Promise<{ text: string; exit: 'done' }> {
  const startedAt = performance.now()
  let shownAt = startedAt
  const counted = ({ listed }: Counts): void => {
    if (performance.now() - shownAt < 2_000) return
    shownAt = performance.now()
    const perSecond = Math.round(((listed ?? 0) * 1000) / (shownAt - startedAt))
    stderr.write(`${listed} listed, ${perSecond}/s\n`)
  }
  const { config, db, source, prefix, request, via, signal } = options
  const { worker } = config
  // The sample is rolled back, but its bytes reach the server's disk.
  const raw = config.encryption.keys.length > 0 ? 'none' : config.raw
  const dryRun = await estimateBackfill(
    {
      ...{
        ...backfill,
        bucket: source.bucket,
        prefix,
        source: { ...source, settings: mappingSettingsOf(config) },
        order: request.order,
        via,
      },
      ...{ db, raw, batchSize: worker.batchSize, listersMax, counted },
    },
    signal,
  )
  const text = json ? formatJson(dryRun) : formatDryRun(dryRun, options.source.bucket, options.prefix)
  return { text, exit: 'done' }
}
