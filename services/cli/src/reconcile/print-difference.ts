import { once } from 'node:events'
import type { Difference } from '@aftercall/ingest/reconcile/difference'
import type { CliContext } from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'

/** One line of JSON. Resolves when there is room for more: findings may be millions, and whoever reads them slow. */
export async function printDifference(
  { stdout }: CliContext,
  { name, bucket }: { name: string; bucket: string },
  finding: Difference,
): Promise<void> {
  const line = printJson({ kind: 'finding', source: name, bucket, ...finding })
  if (!stdout.write(`${line}\n`)) await once(stdout, 'drain')
}
