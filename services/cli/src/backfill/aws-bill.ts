import { awsPrices } from './cost/aws-prices.ts'
import { type BillLine, billLine } from './cost/bill-line.ts'

export type { BillLine }

export type BillOptions = {
  objects: number
  /** Calls of one pass over the listing; 0 with an inventory. */
  listCalls: number
  /** Of objects that need a request to KMS of their own. */
  kmsShare: number
  /** Set when the objects are announced on a queue: objects in a message, and messages in a call. */
  queue: { objectsPerMessage: number; messagesPerCall: number } | undefined
}

/** What AWS will ask for a bulk load, a line for each kind of call. Traffic within a Region is free. */
export function billOf({ objects, listCalls, kmsShare, queue }: BillOptions): BillLine[] {
  const lines = [
    billLine(listCalls, awsPrices.list),
    billLine(objects, awsPrices.get),
    billLine(Math.ceil(objects * kmsShare), awsPrices.kms),
    ...(queue === undefined ? [] : queueLines(objects, queue)),
  ]
  return lines.filter(({ calls }) => calls > 0)
}

/** Sent and received bodies of a call come to two units of 64 KB; deletes to one. */
function queueLines(objects: number, queue: NonNullable<BillOptions['queue']>): BillLine[] {
  const calls = Math.ceil(objects / queue.objectsPerMessage / queue.messagesPerCall)
  return [
    billLine(calls * 2, awsPrices.sqs, 'SQS send'),
    billLine(calls * 2, awsPrices.sqs, 'SQS receive'),
    billLine(calls, awsPrices.sqs, 'SQS delete'),
  ]
}
