import { awsPrices } from './aws-prices.ts'
import { type BillLine, billLine } from './bill-line.ts'

export type { BillLine }

export type BillOptions = {
  objects: number
  /** Calls to list the bucket once; 0 with an inventory. */
  listCalls: number
  /** Share of objects that each need a request to KMS. */
  kmsShare: number
  /** Set when the objects are sent through a queue. */
  queue: { objectsPerMessage: number; messagesPerCall: number } | undefined
}

/** What AWS charges for a backfill, one line per kind of call. Traffic within a Region is free. */
export function billOf({ objects, listCalls, kmsShare, queue }: BillOptions): BillLine[] {
  const lines = [
    billLine(listCalls, awsPrices.list),
    billLine(objects, awsPrices.get),
    billLine(Math.ceil(objects * kmsShare), awsPrices.kms),
    ...(queue === undefined ? [] : queueLines(objects, queue)),
  ]
  return lines.filter(({ calls }) => calls > 0)
}

/** A call that sends or receives bodies counts as two units of 64 KB, a delete as one. */
function queueLines(objects: number, queue: NonNullable<BillOptions['queue']>): BillLine[] {
  const calls = Math.ceil(objects / queue.objectsPerMessage / queue.messagesPerCall)
  return [
    billLine(calls * 2, awsPrices.sqs, 'SQS send'),
    billLine(calls * 2, awsPrices.sqs, 'SQS receive'),
    billLine(calls, awsPrices.sqs, 'SQS delete'),
  ]
}
