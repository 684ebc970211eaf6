import { formatCount } from '@aftercall/operator/format/plural'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { DocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import type { CliContext } from '../cli-context.ts'

/** Data keys that were wrapped by the current key now, and rows that were encrypted. */
export type Sealed = { rewrapped: number; rows: number }

/** The part of maintenance for encryption: a new current key takes over, and old rows are encrypted if that is asked for. */
export async function keepEncrypted(
  { stderr }: CliContext,
  db: Database,
  { keys, encrypt }: { keys: DocumentKeys; encrypt: boolean },
): Promise<Sealed> {
  const { rewrapDataKeys, sealOldRows } = await import('@aftercall/warehouse/sealing/seal-old-rows')
  const rewrapped = await rewrapDataKeys(db, keys)
  if (!encrypt) return { rewrapped, rows: 0 }
  const rows = await sealOldRows(db, keys, {
    batchSealed: (sealed) => void stderr.write(`encrypted ${formatCount(sealed.rows, 'row')} so far\n`),
  })
  return { rewrapped, rows }
}

export function formatSealed(sealed: Sealed | undefined): string[] {
  if (sealed === undefined) return []
  const { rewrapped, rows } = sealed
  return [
    ...(rewrapped === 0 ? [] : [`wrapped ${formatCount(rewrapped, 'data key')} with the current key`]),
    ...(rows === 0 ? [] : [`encrypted ${formatCount(rows, 'row')}`]),
  ]
}
