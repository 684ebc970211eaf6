import type { BoundedCount } from '@aftercall/warehouse/console/overview'
import { tellNumber } from '@aftercall/warehouse/console/tell-amount'
import { tellShort } from './format-number.ts'

/** `about`, and rounded, where nobody counted to the end; null: it took too long to count. */
export function tellBounded(count: BoundedCount | null): string {
  if (count === null) return 'took too long'
  if (!count.about) return tellNumber(count.count)
  return `about ${count.count < 1e6 ? tellNumber(count.count) : tellShort(count.count)}`
}
