import { loadListed } from '../bulk/load-listed.ts'
import type { BulkIngest } from '../bulk/open-bulk-ingest.ts'
import { findSource } from '../sources/find-source.ts'
import { addTo, countOutcome, type ReplayCounts } from './replay-counts.ts'

export type Replay = { bulk: Pick<BulkIngest, 'ingest' | 'limitOf'>; replayCounts: ReplayCounts }

/**
 * Takes an object of the ledger through the path once more. An object that no source owns any more is only counted: the path
 * would ignore it, and its ledger row would say so from then on.
 */
export async function replayPlace(
  { bulk: { ingest, limitOf }, replayCounts }: Replay,
  place: { bucket: string; key: string },
  { stop, breakOff }: { stop: AbortSignal; breakOff: AbortSignal },
): Promise<void> {
  const source = findSource(ingest.sources, place)
  if (source === undefined) return addTo(replayCounts.counts, 'elsewhere')
  const load = { ingest, limit: limitOf(source), origin: 'Replay', stopping: stop } as const
  countOutcome(replayCounts, await loadListed(load, place, breakOff))
}
