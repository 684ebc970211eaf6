/** A measured figure. `heading` is where docs/performance.md speaks of it; the table there is written from this file. */
export type MeasuredFigure = { says: string; value: number; unit: string; by: string; heading: string }

/**
 * What docs/scale.md is calculated from. Change a value here after a measurement, and run `npm run scale`: both pages and the
 * simulation follow.
 */
export const measured = {
  workerCpuMs: {
    ...{ says: 'CPU of a worker for a file', value: 0.41, unit: 'ms' },
    ...{ by: '`workers`, one worker, quiet machine', heading: "Where a file's CPU goes" },
  },
  postgresCpuMs: {
    ...{ says: "CPU of Postgres's sessions for a file, in full batches", value: 0.18, unit: 'ms' },
    ...{ by: '`workers`, one worker, quiet machine', heading: "Where a file's CPU goes" },
  },
  workerRate: {
    ...{ says: 'files a second of a worker with a backlog, S3 and SQS beside it', value: 1_960, unit: '' },
    ...{ by: '`contenders`, quiet machine', heading: 'What bounds it' },
  },
  workerRateCpuMs: {
    ...{ says: 'CPU of the worker for a file in that run', value: 0.41, unit: 'ms' },
    ...{ by: '`contenders`, quiet machine', heading: 'What bounds it' },
  },
  lagP50Ms: {
    ...{ says: 'lag at a steady 200 files a second, p50', value: 47, unit: 'ms' },
    ...{ by: '`lag`, quiet machine', heading: 'How late rows are' },
  },
  lagP99Ms: {
    ...{ says: 'the same, p99', value: 67, unit: 'ms' },
    ...{ by: '`lag`, quiet machine', heading: 'How late rows are' },
  },
  waitingWorkerRate: {
    ...{ says: 'files a second of a worker with 48 in flight, S3 taking 150 ms', value: 231, unit: '' },
    ...{ by: '`workers`, quiet machine', heading: 'More cores, more workers' },
  },
  twoWaitingWorkersRate: {
    ...{ says: 'of two such workers', value: 445, unit: '' },
    ...{ by: '`workers`, quiet machine', heading: 'More cores, more workers' },
  },
  logKb: {
    ...{ says: 'log (WAL) of a file with lz4, with a checkpoint every 2,400 files', value: 8.3, unit: 'kB' },
    ...{ by: '`log`, quiet machine', heading: "Postgres's log" },
  },
  logOfLargeShare: {
    ...{ says: 'what checkpoints add to the log of a large database, at most', value: 43, unit: '%' },
    ...{ by: '`log`', heading: "Postgres's log" },
  },
  storedKb: {
    ...{ says: 'a session stored, without its document', value: 8.0, unit: 'kB' },
    ...{ by: '`contenders`, quiet machine', heading: 'What is stored' },
  },
  documentKb: {
    ...{ says: 'its document with lz4', value: 2.8, unit: 'kB' },
    ...{ by: '`contenders`, quiet machine', heading: 'What is stored' },
  },
  fileKb: {
    ...{ says: 'a file, the median', value: 6.6, unit: 'kB' },
    ...{ by: 'the files themselves', heading: 'Against what others would build' },
  },
  rollupRowKb: {
    ...{ says: 'a row of `rollup.agent_hour` with its indexes', value: 0.5, unit: 'kB' },
    ...{ by: 'a sample of two weeks, at rest', heading: 'What is stored' },
  },
  workerMiB: {
    ...{ says: 'memory of a worker with a million messages waiting, the goal', value: 256, unit: 'MiB' },
    ...{ by: '`backlog`', heading: 'Memory' },
  },
} as const satisfies Record<string, MeasuredFigure>

export type Measured = { [Name in keyof typeof measured]: number }

/** The bare values, in the units above. */
export function measuredValues(): Measured {
  const values = Object.entries(measured).map(([name, { value }]) => [name, value])
  return Object.fromEntries(values) as Measured
}
