import { isOnItsOwn } from '@aftercall/ingest/find-source'
import type { SourceClients } from '@aftercall/ingest/source-clients'
import type { SourceConfig } from '@aftercall/runtime/config'
import { ObjectListError } from '@aftercall/storage/object-errors'
import { readFirstKey } from '@aftercall/storage/probe-bucket'
import { verdictOf } from '@aftercall/storage/retry-verdict'

/** A store that is slow to answer is no reason not to start. */
const answerMsMax = 5_000

/**
 * Rejects with `ObjectListError` when a store knows nothing of the credentials that the sources share: with them every
 * object would fail, and use up receives. What else is wrong with a bucket is the matter of its source alone.
 */
export async function requireCredentials(
  sources: readonly SourceConfig[],
  clients: SourceClients,
  stopping: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(answerMsMax)])
  const sharing = sources.filter((one) => !isOnItsOwn(one))
  await Promise.all(
    sharing.map(({ bucket, prefix, ...source }) =>
      readFirstKey(clients.of(source), { bucket, prefix, signal }).catch((error: unknown) => {
        if (error instanceof ObjectListError && verdictOf(error.code).stops) throw error
      }),
    ),
  )
}
