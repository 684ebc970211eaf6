import { refusalOfAll } from '@aftercall/ingest/sources/refusal-of-all'
import type { SourceClients } from '@aftercall/ingest/sources/source-clients'
import type { SourceConfig } from '@aftercall/runtime/config/config'

/**
 * Rejects with `ObjectListError` when the stores know nothing of the credentials that the sources share: with them every
 * object would fail, and use up receives. What else is wrong with a bucket is the matter of its source alone.
 */
export async function requireCredentials(
  sources: readonly SourceConfig[],
  clients: SourceClients,
  stopping: AbortSignal,
): Promise<void> {
  const refusal = await refusalOfAll(sources, clients, stopping)
  if (refusal !== undefined) throw refusal
}
