import type { Database } from '@aftercall/warehouse/connection/database'
import { findRejections, markRejections } from '@aftercall/warehouse/ledger/mark-rejections'
import { printJson } from '../terminal/print-json.ts'
import type { RejectionsAnswer } from './rejections-answer.ts'
import { notThere } from './show-rejection.ts'

export type IgnoreRequest = {
  which: { ids: readonly string[] } | { code: string; source: string | undefined }
  undo: boolean
  asJson: boolean
}

/** Puts rejections aside, or takes that back. An unknown number is told, and keeps no other from being marked. */
export async function ignoreRejections(
  db: Database,
  { which, undo, asJson }: IgnoreRequest,
): Promise<RejectionsAnswer> {
  const change = undo
    ? ({ from: 'ignored', to: 'open' } as const)
    : ({ from: 'open', to: 'ignored' } as const)
  const changed = await markRejections(db, which, change)
  const ids = 'ids' in which ? which.ids : []
  const known = ids.length === 0 ? new Map<string, string>() : await findRejections(db, ids)
  const unknown = ids.filter((id) => !known.has(id))
  const unchanged = ids.filter((id) => known.has(id) && !changed.includes(id))
  const out = asJson
    ? printJson({ [change.to]: changed, unchanged, unknown })
    : [
        `${changed.length} ${undo ? 'open again' : 'put aside'}`,
        ...unchanged.map((id) => `${id} was left as it is: ${known.get(id)}`),
      ].join('\n')
  return unknown.length === 0 ? { out } : { out, err: unknown.map(notThere).join('\naftercall: ') }
}
