import type { Price } from './aws-prices.ts'

export type BillLine = { item: string; calls: number; dollars: number }

/** `item` tells apart kinds of calls that have the same price. */
export function billLine(calls: number, price: Price, item: string = price.item): BillLine {
  return { item, calls, dollars: (calls * price.perMillion) / 1_000_000 }
}

export function sumOf(lines: readonly BillLine[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0)
}
