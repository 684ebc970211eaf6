import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import { createObjectRef } from '@aftercall/storage/objects/object-ref'
import type { RejectedContent } from '@aftercall/warehouse/ledger/rejected-contents'
import { ingestObject } from '../ingest-object.ts'
import type { Ingest } from '../ingest-types.ts'
import { localBucket, localSourceOf } from '../local/local-source.ts'
import { findSource } from '../sources/find-source.ts'
import { addTo, countOutcome, type ReplayCounts } from './replay-counts.ts'

/** Takes the kept bytes of a rejected object through the path instead of the object itself. */
export async function replayKept(
  { ingest, replayCounts }: { ingest: Ingest; replayCounts: ReplayCounts },
  kept: RejectedContent,
  signal: AbortSignal,
): Promise<void> {
  const { bucket, key, etag, versionId, sequencer, removedAt } = kept
  const path = { ...ingest, sources: sourcesFor(ingest, kept), fetchObject: async () => foundOf(kept) }
  if (findSource(path.sources, kept) === undefined) return addTo(replayCounts.counts, 'elsewhere')
  const ref = createObjectRef({
    ...{ bucket, key },
    ...{ etag: etag ?? undefined, versionId: versionId ?? undefined, sequencer: sequencer ?? undefined },
  })
  const outcome = await ingest.permits.run(() => deliver(path, { kind: 'created', ref, eventName }, signal))
  countOutcome(replayCounts, outcome)
  // For the ledger, an object that has ended exists, so the removal has to be recorded again.
  if (removedAt !== null && outcome.kind !== 'failed') {
    await deliver(path, { kind: 'removed', ref, eventName, eventTime: removedAt }, signal)
  }
}

const eventName = 'Replay'

function deliver(path: Ingest, event: Parameters<typeof ingestObject>[1]['event'], signal: AbortSignal) {
  return ingestObject(path, { event, messageId: null, receiveCount: 1 }, signal)
}

/** A local file belongs to the source that it was loaded for. */
function sourcesFor({ sources }: Ingest, { bucket, source }: RejectedContent): Ingest['sources'] {
  if (bucket !== localBucket) return sources
  return sources.filter(({ name }) => name === source).map(localSourceOf)
}

function foundOf({ key, content, etag, versionId, lastModified }: RejectedContent): FoundObject {
  return {
    kind: 'found',
    bytes: content,
    sizeBytes: content.byteLength,
    ...{ lastModified, key, foundAs: 'announced' as const },
    ...(etag === null ? {} : { etag }),
    ...(versionId === null ? {} : { versionId }),
  }
}
