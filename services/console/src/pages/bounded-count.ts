import type { BoundedCount } from '@aftercall/warehouse/console/overview'
import { formatNumber } from '@aftercall/warehouse/console/tell-amount'
import { formatShort } from './format-number.ts'

/** `about`, and rounded, where nobody counted to the end; null: it took too long to count. */
export function formatBounded(count: BoundedCount | null): string {
  if (count === null) return 'took too long'
  if (!count.about) return formatNumber(count.count)
  return `about ${count.count < 1e6 ? formatNumber(count.count) : formatShort(count.count)}`
}
