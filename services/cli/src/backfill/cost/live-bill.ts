import { awsPrices } from './aws-prices.ts'
import { type BillLine, billLine } from './bill-line.ts'

export type LiveBillOptions = {
  /** Files that land, each rewrite counted: a session that is written twice is two. */
  files: number
  /** Messages that a receive brings and a delete takes, in the mean: 1 to 10. */
  messagesPerCall: number
  /** Of files that are fetched once more. */
  retryShare: number
  /** Of fetches that need a request to KMS of their own: 0 without SSE-KMS or with a bucket key, else 1. */
  kmsShare: number
  /** Whether S3's events come to the queue through EventBridge. */
  throughEventBridge: boolean
}

/**
 * What AWS will ask for files as they land. S3's own calls to the queue are counted, though it was not confirmed that the
 * queue's owner pays for them.
 */
export function liveBillOf(options: LiveBillOptions): BillLine[] {
  const { files, messagesPerCall, retryShare, kmsShare, throughEventBridge } = options
  const fetches = files * (1 + retryShare)
  const calls = Math.ceil(files / messagesPerCall)
  return [
    billLine(files, awsPrices.sqs, 'SQS send'),
    billLine(calls, awsPrices.sqs, 'SQS receive'),
    billLine(calls, awsPrices.sqs, 'SQS delete'),
    billLine(fetches, awsPrices.get),
    billLine(fetches * kmsShare, awsPrices.kms),
    billLine(throughEventBridge ? files : 0, awsPrices.eventBridge),
  ].filter((line) => line.calls > 0)
}

const secondsPerMonth = 2_592_000

export type IdleBillOptions = {
  /** Long polls that are open while nothing comes, of all workers. */
  polls: number
  pollSeconds: number
  /** Calls of a worker for the depth and settings of a queue and its dead-letter queue. */
  gaugeCalls: number
  gaugeSeconds: number
}

/** What a month costs in which nothing lands. */
export function idleBillOf({ polls, pollSeconds, gaugeCalls, gaugeSeconds }: IdleBillOptions): BillLine[] {
  return [
    billLine((polls * secondsPerMonth) / pollSeconds, awsPrices.sqs, 'SQS receive, empty'),
    billLine((gaugeCalls * secondsPerMonth) / gaugeSeconds, awsPrices.sqs, 'SQS queue attributes'),
  ]
}
