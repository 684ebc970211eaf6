/** `perMillion` is in dollars. */
export type Price = { item: string; perMillion: number; asQuoted: string; source: string }

/** List prices of us-east-1 as of 2026. No other file has prices. Other Regions differ slightly. */
export const awsPrices = {
  get: {
    item: 'S3 GET',
    perMillion: 0.4,
    asQuoted: '$0.0004 per 1,000',
    source: 'https://aws.amazon.com/s3/pricing/',
  },
  list: {
    item: 'S3 LIST',
    perMillion: 5,
    asQuoted: '$0.005 per 1,000, each up to 1,000 keys',
    source: 'https://aws.amazon.com/s3/pricing/',
  },
  inventory: {
    item: 'S3 Inventory',
    perMillion: 0.0025,
    asQuoted: '$0.0025 per million objects listed',
    source: 'https://aws.amazon.com/s3/pricing/',
  },
  sqs: {
    item: 'SQS call',
    perMillion: 0.4,
    asQuoted:
      '$0.40 per million for a standard queue, each 64 KB counts as one; the first million per month are free',
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
  kms: {
    item: 'KMS Decrypt',
    perMillion: 3,
    asQuoted: '$0.03 per 10,000',
    source: 'https://aws.amazon.com/kms/pricing/',
  },
  eventBridge: {
    item: 'EventBridge event',
    perMillion: 1,
    asQuoted: '$1 per million, if S3 events are charged at all',
    source: 'https://aws.amazon.com/eventbridge/pricing/',
  },
} as const satisfies Record<string, Price>

/** `perHour` and `perGbMonth` are in dollars; `asQuoted` stands in docs/cost.md, which says what an idle installation costs. */
export const machinePrices = {
  fargateCpu: { item: 'Fargate vCPU, ARM', perHour: 0.03238, asQuoted: '$0.03238 per vCPU-hour' },
  fargateMemory: { item: 'Fargate GB, ARM', perHour: 0.00356, asQuoted: '$0.00356 per GB-hour' },
  /** Other sizes of the family cost as much for each vCPU. */
  postgresCpu: { item: 'RDS m7g vCPU, Multi-AZ', perHour: 0.336 / 2, asQuoted: 'about $0.336 an hour' },
  postgresStorage: { item: 'RDS gp3 GB, Multi-AZ', perGbMonth: 0.23, asQuoted: '$0.23 per GB of gp3' },
} as const
