import { formatTime } from '@aftercall/operator/format/time'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { Database } from '@aftercall/warehouse/connection/database'
import {
  groupRejections,
  listRejections,
  type RejectionFilter,
  type RejectionGroup,
  type RejectionRow,
} from '@aftercall/warehouse/ledger/read-rejections'
import { printJson } from '../terminal/print-json.ts'
import { printTable } from '../terminal/print-table.ts'
import type { RejectionsAnswer } from './rejections-answer.ts'

/** The reasons with their counts, then the newest of them one by one. */
export async function formatRejections(
  db: Database,
  filter: RejectionFilter & { state: string },
  limit: number,
  asJson: boolean,
): Promise<RejectionsAnswer> {
  const reasons = await groupRejections(db, filter)
  const rejections = limit === 0 ? [] : await listRejections(db, filter, limit)
  if (asJson) return { out: printJson({ state: filter.state, reasons, rejections }) }
  if (reasons.length === 0) return { out: `No rejection is ${filter.state}${narrowed(filter)}.` }
  const all = reasons.reduce((sum, one) => sum + one.rejections, 0)
  const parts = [formatReasons(reasons), ...(rejections.length === 0 ? [] : [formatRows(rejections)])]
  const more = all > rejections.length ? [`and ${all - rejections.length} more; narrow, or --limit N`] : []
  return { out: [...parts, ...more, 'More on one: aftercall rejections show ID'].join('\n\n') }
}

function narrowed({ code, source, since }: RejectionFilter): string {
  return [code, source, since].some((one) => one !== undefined) ? ' among those that were asked for' : ''
}

function formatReasons(reasons: readonly RejectionGroup[]): string {
  return printTable({
    columns: ['reason', 'rejections', 'seen', 'newest', 'for example'],
    rows: reasons.map(({ code, rejections, seen, newestAt, example }) => [
      ...[code, String(rejections), String(seen), formatTime(newestAt)],
      `#${example.id} ${example.detail}`,
    ]),
    right: [false, true, true],
  })
}

function formatRows(rows: readonly RejectionRow[]): string {
  return printTable(
    {
      columns: ['id', 'reason', 'last seen', 'times', 'place'],
      rows: rows.map((one) => [
        ...[one.id, one.code, formatTime(one.lastSeenAt), String(one.seenCount)],
        formatPlace(one),
      ]),
      right: [true, false, false, true],
    },
    // A key that is cut is of no use, and one written out can be several times as long.
    10_000,
  )
}

export function formatPlace({
  bucket,
  objectKey,
  messageId,
}: Pick<RejectionRow, 'bucket' | 'objectKey' | 'messageId'>): string {
  if (bucket !== null) return visibleText(bucket === 'file:' ? `${objectKey}` : `s3://${bucket}/${objectKey}`)
  return visibleText(`message ${messageId ?? 'without an id'}`)
}
