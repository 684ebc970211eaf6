/** Dollars for a million, list prices of us-east-1 as of 2026; other Regions differ by some tenths. */
export const dollarsPerMillion = {
  /** https://aws.amazon.com/s3/pricing/: $0.0004 for 1,000 GET. */
  get: 0.4,
  /** https://aws.amazon.com/s3/pricing/: $0.005 for 1,000 LIST. */
  list: 5,
  /** https://aws.amazon.com/sqs/pricing/: standard queues, each 64 KB of a call. */
  sqs: 0.4,
  /** https://aws.amazon.com/kms/pricing/: $0.03 for 10,000. */
  kms: 3,
}

export type BillOptions = {
  objects: number
  /** Calls of one pass over the listing; 0 with an inventory. */
  listCalls: number
  /** Of objects that need a request to KMS of their own. */
  kmsShare: number
  /** Set when the objects are announced on a queue: objects in a message, and messages in a call. */
  queue: { objectsPerMessage: number; messagesPerCall: number } | undefined
}

export type BillLine = { item: string; calls: number; dollars: number }

/** What AWS will ask for a bulk load, a line for each kind of call. Traffic within a Region is free. */
export function billOf({ objects, listCalls, kmsShare, queue }: BillOptions): BillLine[] {
  const lines = [
    lineOf('S3 LIST', listCalls, dollarsPerMillion.list),
    lineOf('S3 GET', objects, dollarsPerMillion.get),
    lineOf('KMS Decrypt', Math.ceil(objects * kmsShare), dollarsPerMillion.kms),
    ...(queue === undefined ? [] : queueLines(objects, queue)),
  ]
  return lines.filter(({ calls }) => calls > 0)
}

/** Sent and received bodies of a call come to two units of 64 KB; deletes to one. */
function queueLines(objects: number, queue: NonNullable<BillOptions['queue']>): BillLine[] {
  const calls = Math.ceil(objects / queue.objectsPerMessage / queue.messagesPerCall)
  return [
    lineOf('SQS send', calls * 2, dollarsPerMillion.sqs),
    lineOf('SQS receive', calls * 2, dollarsPerMillion.sqs),
    lineOf('SQS delete', calls, dollarsPerMillion.sqs),
  ]
}

function lineOf(item: string, calls: number, perMillion: number): BillLine {
  return { item, calls, dollars: (calls * perMillion) / 1_000_000 }
}
