import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import { formatTime } from '@aftercall/operator/format/time'
import type { Measured } from '@aftercall/warehouse/maintenance/retention/measure-retention'
import type { Period } from '@aftercall/warehouse/maintenance/retention/retention-kinds'
import { formatTable } from '../terminal/format-table.ts'

/** How long each kind is kept, how much there is, and how much a run would remove. The kinds are in docs/retention.md. */
export function formatKinds(kinds: readonly Measured[]): string {
  return formatTable({
    columns: ['kind', 'kept for', 'rows', 'oldest', 'due'],
    right: [false, false, true, false, true],
    rows: kinds.map(({ kind, source, kept, rows, isEstimate, oldestAt, due }) => [
      source === null ? kind : `${kind} of ${source}`,
      formatPeriod(kept),
      rows === null ? 'not counted' : `${isEstimate ? 'about ' : ''}${formatNumber(rows)}`,
      oldestAt === null ? (rows === 0 ? 'none' : 'unknown') : formatTime(oldestAt),
      due === null ? (kept === null ? '0' : 'not counted') : formatNumber(due),
    ]),
  })
}

function formatPeriod(kept: Period | null): string {
  if (kept === null) return 'always'
  return formatCount(kept.count, kept.unit === 'days' ? 'day' : 'month')
}
