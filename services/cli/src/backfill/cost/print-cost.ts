import { objectsPerMessage } from '@aftercall/ingest/bulk/announce-objects'
import { billOf } from '@aftercall/operator/cost/aws-bill'
import { awsPrices } from '@aftercall/operator/cost/aws-prices'
import { type BillLine, billLine, sumOf } from '@aftercall/operator/cost/bill-line'
import { formatNumber } from '@aftercall/operator/format/number'
import { idleBillOf, liveBillOf } from './live-bill.ts'

const million = 1_000_000

const plain = { files: million, messagesPerCall: 10, retryShare: 0, kmsShare: 0, throughEventBridge: false }
const bulk = { objects: million, listCalls: million / 1_000, kmsShare: 0, queue: undefined }
const byQueue = { objectsPerMessage, messagesPerCall: 10 }
/** The worker's polling, and its gauges (`watch-gauges.ts`, three calls per queue). */
const idle = { polls: 1, pollSeconds: 20, gaugeCalls: 3, gaugeSeconds: 15 }

/** A million files as they land, by messages per call and by configuration. */
export const liveBills: Record<string, BillLine[]> = {
  'ten messages per call': liveBillOf(plain),
  'one message per call (the most expensive case)': liveBillOf({ ...plain, messagesPerCall: 1 }),
  'one in a hundred fetched twice': liveBillOf({ ...plain, retryShare: 0.01 }),
  'through EventBridge': liveBillOf({ ...plain, throughEventBridge: true }),
  'SSE-KMS without a bucket key': liveBillOf({ ...plain, kmsShare: 1 }),
}

/** A backfill of a million files. */
export const backfillBills: Record<string, BillLine[]> = {
  'from a listing': billOf(bulk),
  'from an inventory': [...billOf({ ...bulk, listCalls: 0 }), billLine(million, awsPrices.inventory)],
  'from a listing, through the queue': billOf({ ...bulk, queue: byQueue }),
  'SSE-KMS without a bucket key': billOf({ ...bulk, kmsShare: 1 }),
}

/** Monthly costs that do not depend on how much lands. */
export const monthlyBills: Record<string, BillLine[]> = {
  'one worker, one queue, idle': idleBillOf(idle),
  'four workers, one queue, idle': idleBillOf({ ...idle, polls: 4, gaugeCalls: 12 }),
  'ten million keys reconciled daily': [billLine((30 * 10 * million) / 1_000, awsPrices.list)],
  'ten million keys listed every 30 seconds, for comparison': [
    billLine((2 * 60 * 24 * 30 * 10 * million) / 1_000, awsPrices.list),
  ],
}

/** The tables of docs/cost.md, as Markdown. */
export function formatCost(): string {
  const prices = Object.values(awsPrices).map(
    ({ item, asQuoted, perMillion, source }) =>
      `| ${item} | ${asQuoted} | $${perMillion} | [${new URL(source).pathname.slice(1, -1)}](${source}) |`,
  )
  return [
    '### Prices\n\n| | as quoted | per million | source |\n|---|---|---|---|',
    ...prices,
    formatBills('A million files as they land', liveBills),
    formatBills('A backfill of a million files', backfillBills),
    formatBills('Per month', monthlyBills),
  ].join('\n')
}

function formatBills(title: string, bills: Record<string, BillLine[]>): string {
  const rows = Object.entries(bills).map(([name, lines]) => {
    const parts = lines.map(
      ({ item, calls, dollars }) => `${item} ${formatNumber(calls)} = $${round(dollars)}`,
    )
    return `| ${name} | **$${sumOf(lines).toFixed(2)}** | ${parts.join(' · ')} |`
  })
  return [`\n### ${title}\n\n| | dollars | of which |\n|---|---|---|`, ...rows].join('\n')
}

function round(dollars: number): string {
  return String(Number(dollars.toFixed(4)))
}
