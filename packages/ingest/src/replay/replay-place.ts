import type { AdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { loadListed } from '../bulk/load-listed.ts'
import type { Ingest } from '../ingest-object.ts'
import { findSource } from '../sources/find-source.ts'
import { addTo, countOutcome, type ReplayCounts } from './replay-counts.ts'

export type Replay = { ingest: Ingest; limit: AdaptiveLimit; replayCounts: ReplayCounts }

/**
 * Takes an object of the ledger through the path once more. What no source owns any more is only counted: on the path it
 * would end as nobody's, and its ledger row would say so from then on.
 */
export async function replayPlace(
  { ingest, limit, replayCounts }: Replay,
  place: { bucket: string; key: string },
  { stop, breakOff }: { stop: AbortSignal; breakOff: AbortSignal },
): Promise<void> {
  if (findSource(ingest.sources, place) === undefined) return addTo(replayCounts.counts, 'elsewhere')
  countOutcome(
    replayCounts,
    await loadListed({ ingest, limit, origin: 'Replay', stopping: stop }, place, breakOff),
  )
}
