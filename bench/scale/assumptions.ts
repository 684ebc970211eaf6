/** What nothing here measures. docs/scale.md lists it; your own numbers belong in its place. */
export type Assumption = { says: string; value: number; unit: string; because: string }

export const assumptions = {
  filesPerSession: {
    ...{ says: 'files of a session', value: 2, unit: '' },
    because: 'written when it ends, and again about 15 minutes later ([contract](data-contract.md), d)',
  },
  busiestHourShare: {
    ...{ says: "share of a day's files in its busiest hour", value: 0.12, unit: '' },
    because: 'office hours; a service around the clock has about 0.07',
  },
  peakFactor: {
    ...{ says: 'the busiest minutes to the mean of the busiest hour', value: 1.5, unit: '' },
    because: "Monday at 9 o'clock",
  },
  workerBusyMax: {
    ...{ says: 'how busy workers are at the peak', value: 0.6, unit: '' },
    because: 'the rest is for garbage collection, and for catching up',
  },
  databaseBusyMax: {
    ...{ says: 'how busy loading keeps the cores of Postgres at the peak', value: 0.4, unit: '' },
    because: 'vacuum, checkpoints, rollups and queries need the rest. None of them is in the measured CPU',
  },
  prefixGetsPerSecond: {
    ...{ says: 'GETs a second that S3 serves from one prefix', value: 5_500, unit: '' },
    because:
      '[AWS](https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html) promises at least this many, and more as a prefix grows',
  },
  storageTb: {
    ...{ says: 'the most that one server stores, in TB', value: 64, unit: '' },
    because: '[RDS](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html) allows 64 TiB',
  },
  storageFullMax: {
    ...{ says: 'how full it may get', value: 0.7, unit: '' },
    because: 'dead rows, growth, and the time to act',
  },
  agentSecondsPerSession: {
    ...{ says: 'seconds of agents for a session', value: 300, unit: '' },
    because: 'eight of ten sessions are handled, and take some six minutes, as in the sample',
  },
  agentSecondsPerDay: {
    ...{ says: 'seconds that an agent handles in a day', value: 20_000, unit: '' },
    because: 'eight hours, of which seven tenths',
  },
  rowsPerAgentDay: {
    ...{ says: 'rows of an agent in the rollups of a day', value: 18, unit: '' },
    because:
      'eight hours, each in two groups of channel, direction and queue, and the day, by call and by chat',
  },
  rollupsPerAgentRows: {
    ...{ says: 'all rollups to those of agents', value: 2, unit: '' },
    because: 'sessions, queues and the others have fewer groups',
  },
  monthsInPostgres: {
    ...{ says: 'months kept in Postgres, for its storage in the cost', value: 3, unit: '' },
    because: '`retentionMonths: 2` keeps two and the current one; the lake has the others',
  },
} as const satisfies Record<string, Assumption>

export type Assumed = { [Name in keyof typeof assumptions]: number }

export function assumedValues(): Assumed {
  const values = Object.entries(assumptions).map(([name, { value }]) => [name, value])
  return Object.fromEntries(values) as Assumed
}
