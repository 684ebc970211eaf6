import type { Database } from '@aftercall/warehouse/connection/database'
import { sqlStateOf } from '@aftercall/warehouse/connection/error-class'
import { findRejections, markRejections } from '@aftercall/warehouse/ledger/mark-rejections'
import { RightMissingError } from '../actions/ask-worker.ts'
import { formatJson } from '../terminal/format-json.ts'
import type { RejectionsAnswer } from './print-rejections.ts'
import { formatUnknownRejection } from './show-rejection.ts'

export type IgnoreRequest = {
  which: { ids: readonly string[] } | { code: string; source: string | undefined }
  undo: boolean
  asJson: boolean
}

/** Ignores rejections, or reopens ignored ones. Unknown numbers are reported, and the others are still changed. */
export async function ignoreRejections(
  db: Database,
  { which, undo, asJson }: IgnoreRequest,
): Promise<RejectionsAnswer> {
  const change = undo
    ? ({ from: 'ignored', to: 'open' } as const)
    : ({ from: 'open', to: 'ignored' } as const)
  const changed = await markRejections(db, which, change).catch(explainRight)
  const ids = 'ids' in which ? which.ids : []
  const known = ids.length === 0 ? new Map<string, string>() : await findRejections(db, ids)
  const unknown = ids.filter((id) => !known.has(id))
  const unchanged = ids.filter((id) => known.has(id) && !changed.includes(id))
  const out = asJson
    ? formatJson({ [change.to]: changed, unchanged, unknown })
    : [
        `${undo ? 'Reopened' : 'Ignored'} ${changed.length} ${changed.length === 1 ? 'rejection' : 'rejections'}.`,
        ...unchanged.map(
          (id) => `Rejection ${id} was not changed: it is ${undo ? '' : 'already '}${known.get(id)}.`,
        ),
      ].join('\n')
  return unknown.length === 0 ? { out } : { out, err: unknown.map(formatUnknownRejection).join('\nerror: ') }
}

function explainRight(error: unknown): never {
  if (sqlStateOf(error) !== '42501') throw error
  throw new RightMissingError(
    'this login may not change rejections. Ask a worker to do it: add --via worker (the login needs aftercall_actor); or use a login in aftercall_loader (docs/access.md)',
    { cause: error },
  )
}
