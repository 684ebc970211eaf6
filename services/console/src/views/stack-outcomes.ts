import type { OutcomeCounts } from '@aftercall/warehouse/console/overview-types'
import type { LedgerOutcome } from '@aftercall/warehouse/ledger/ledger'
import { outcomes } from './outcome-words.ts'

export type Segment = { outcome: LedgerOutcome; from: number; size: number }

/**
 * Places the outcomes end to end. One rejection among a million would be thinner than a pixel, so nothing is drawn smaller
 * than `sizeMin`; the largest outcome shrinks if the total would exceed `lengthMax`. The numbers are beside every drawing.
 */
export function stackOutcomes(
  counts: OutcomeCounts,
  sizeOfOne: number,
  { sizeMin, lengthMax }: { sizeMin: number; lengthMax: number },
): Segment[] {
  const drawn = outcomes.filter((outcome) => (counts[outcome] ?? 0) > 0)
  const sizes = drawn.map((outcome) => Math.max((counts[outcome] ?? 0) * sizeOfOne, sizeMin))
  const excess = Math.max(0, sizes.reduce((sum, size) => sum + size, 0) - lengthMax)
  const largest = sizes.indexOf(Math.max(...sizes))
  let from = 0
  return drawn.map((outcome, index) => {
    const size = (sizes[index] ?? 0) - (index === largest ? excess : 0)
    const segment = { outcome, from: hundredths(from), size: hundredths(size) }
    from += size
    return segment
  })
}

function hundredths(size: number): number {
  return Math.round(size * 100) / 100
}
