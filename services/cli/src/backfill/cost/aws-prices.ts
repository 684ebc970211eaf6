/** What a million of something costs in dollars. */
export type Price = { item: string; perMillion: number; asQuoted: string; source: string }

/** List prices of us-east-1 as of 2026, the one place that has them; other Regions differ by some tenths. */
export const awsPrices = {
  get: {
    item: 'S3 GET',
    perMillion: 0.4,
    asQuoted: '$0.0004 for 1,000',
    source: 'https://aws.amazon.com/s3/pricing/',
  },
  list: {
    item: 'S3 LIST',
    perMillion: 5,
    asQuoted: '$0.005 for 1,000, of up to 1,000 keys each',
    source: 'https://aws.amazon.com/s3/pricing/',
  },
  inventory: {
    item: 'S3 Inventory',
    perMillion: 0.0025,
    asQuoted: '$0.0025 for a million objects listed',
    source: 'https://aws.amazon.com/s3/pricing/',
  },
  sqs: {
    item: 'SQS call',
    perMillion: 0.4,
    asQuoted:
      '$0.40 for a million, standard queue, each 64 KB of a call; the first million of a month is free',
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
  kms: {
    item: 'KMS Decrypt',
    perMillion: 3,
    asQuoted: '$0.03 for 10,000',
    source: 'https://aws.amazon.com/kms/pricing/',
  },
  eventBridge: {
    item: 'EventBridge event',
    perMillion: 1,
    asQuoted: '$1 for a million, should the events of S3 be charged at all',
    source: 'https://aws.amazon.com/eventbridge/pricing/',
  },
} as const satisfies Record<string, Price>
