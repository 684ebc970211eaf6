import { awsPrices } from '@aftercall/operator/cost/aws-prices'
import { type BillLine, billLine } from '@aftercall/operator/cost/bill-line'

export type LiveBillOptions = {
  /** Files that land. Each rewrite counts: a session that is written twice is two files. */
  files: number
  /** Mean number of messages per receive and per delete: 1 to 10. */
  messagesPerCall: number
  /** Share of files that are fetched a second time. */
  retryShare: number
  /** Share of fetches that each need a request to KMS: 0 without SSE-KMS or with a bucket key, else 1. */
  kmsShare: number
  /** Whether S3 events reach the queue through EventBridge. */
  throughEventBridge: boolean
}

/**
 * What AWS charges for files as they land. Includes S3's own calls to the queue, although we could not confirm that the
 * owner of the queue pays for them.
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
  /** Long polls that all workers keep open while no messages arrive. */
  polls: number
  pollSeconds: number
  /** Calls of a worker to read the depth and settings of a queue and its dead-letter queue. */
  gaugeCalls: number
  gaugeSeconds: number
}

/** The cost of a month in which nothing lands. */
export function idleBillOf({ polls, pollSeconds, gaugeCalls, gaugeSeconds }: IdleBillOptions): BillLine[] {
  return [
    billLine((polls * secondsPerMonth) / pollSeconds, awsPrices.sqs, 'SQS receive, empty'),
    billLine((gaugeCalls * secondsPerMonth) / gaugeSeconds, awsPrices.sqs, 'SQS queue attributes'),
  ]
}
