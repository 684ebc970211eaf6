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
import { formatJson } from '../terminal/format-json.ts'
import { formatObjectPlace } from '../terminal/format-place.ts'
import { formatTable } from '../terminal/format-table.ts'

/** What a subcommand prints: `out` on stdout, and `err`, an error, on stderr. */
export type RejectionsAnswer = { out?: string; err?: string }

/** The reasons with their counts, then the newest rejections one by one. */
export async function formatRejections(
  db: Database,
  filter: RejectionFilter & { state: string },
  limit: number,
  asJson: boolean,
): Promise<RejectionsAnswer> {
  const reasons = await groupRejections(db, filter)
  const rejections = limit === 0 ? [] : await listRejections(db, filter, limit)
  if (asJson) return { out: formatJson({ state: filter.state, reasons, rejections }) }
  if (reasons.length === 0)
    return { out: `No ${filter.state} rejections${isFiltered(filter) ? ' match these options' : ''}.` }
  const all = reasons.reduce((sum, reason) => sum + reason.rejections, 0)
  const parts = [formatReasons(reasons), ...(rejections.length === 0 ? [] : [formatRows(rejections)])]
  const more =
    all > rejections.length ? [`and ${all - rejections.length} more; use a filter or --limit N`] : []
  return { out: [...parts, ...more, 'For details: aftercall rejections show ID'].join('\n\n') }
}

function isFiltered({ code, source, since }: RejectionFilter): boolean {
  return code !== undefined || source !== undefined || since !== undefined
}

function formatReasons(reasons: readonly RejectionGroup[]): string {
  return formatTable({
    columns: ['reason', 'rejections', 'seen', 'newest', 'example'],
    rows: reasons.map(({ code, rejections, seen, newestAt, example }) => [
      code,
      String(rejections),
      String(seen),
      formatTime(newestAt),
      `#${example.id} ${example.detail}`,
    ]),
    right: [false, true, true],
  })
}

function formatRows(rows: readonly RejectionRow[]): string {
  return formatTable(
    {
      columns: ['id', 'reason', 'last seen', 'seen', 'place'],
      rows: rows.map((row) => [
        row.id,
        row.code,
        formatTime(row.lastSeenAt),
        String(row.seenCount),
        formatPlace(row),
      ]),
      right: [true, false, false, true],
    },
    // A truncated key is useless, and escaping can make a key several times longer.
    10_000,
  )
}

export function formatPlace({
  bucket,
  objectKey,
  messageId,
}: Pick<RejectionRow, 'bucket' | 'objectKey' | 'messageId'>): string {
  if (bucket !== null) return formatObjectPlace(bucket, objectKey ?? '')
  return visibleText(`message ${messageId ?? 'without an id'}`)
}
