import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import type { Outcome } from '../outcome.ts'
import type { ListedObject } from './compare-page.ts'
import { type LoadListed, loadListed } from './load-listed.ts'
import type { CountEnded, PageResult } from './work-shard.ts'

/** Loads the objects in this process. An object that does not end within its tries counts as failed. */
export async function loadDirectly(
  load: LoadListed,
  bucket: string,
  objects: readonly ListedObject[],
  signal: AbortSignal,
  ended: CountEnded,
): Promise<PageResult> {
  const ends = await Promise.allSettled(
    objects.map(({ key, etag, sizeBytes }) =>
      loadListed(load, { bucket, key, etag, sizeBytes }, signal).finally(() => ended(1)),
    ),
  )
  signal.throwIfAborted()
  const outcomes = ends.map((end): Outcome['kind'] =>
    end.status === 'fulfilled' ? end.value.kind : 'failed',
  )
  const counts: Counts = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return { counts, isComplete: !outcomes.includes('failed') }
}
