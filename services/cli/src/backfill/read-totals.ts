import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'

/** What a process has loaded since it began: objects by outcome, and their bytes. */
export type LoadTotals = { outcomes: Counts; bytes: number }

export async function readTotals({ objects, objectBytes }: Metrics): Promise<LoadTotals> {
  const outcomes: Counts = {}
  for (const { labels, value } of (await objects.get()).values) {
    const outcome = String(labels.outcome)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + value
  }
  const { values } = await objectBytes.get()
  return { outcomes, bytes: values[0]?.value ?? 0 }
}
