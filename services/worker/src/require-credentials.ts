import { refusalOfAll } from '@aftercall/ingest/sources/refusal-of-all'
import type { SourceClients } from '@aftercall/ingest/sources/source-clients'
import type { SourceConfig } from '@aftercall/runtime/config/config'

/**
 * Rejects with `ObjectListError` when the stores refuse the credentials that the sources share: every object would fail with
 * them, and use up receives. Any other problem of a bucket concerns its source alone.
 */
export async function requireCredentials(
  sources: readonly SourceConfig[],
  clients: SourceClients,
  stopping: AbortSignal,
): Promise<void> {
  const refusal = await refusalOfAll(sources, clients, stopping)
  if (refusal !== undefined) throw refusal
}
