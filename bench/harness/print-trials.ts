import { type Spread, spreadOf } from './statistics.ts'
import { type Trial, totalCpuMsOf } from './trial.ts'

/** The trials with the same name as one row. */
export type Summary = {
  name: string
  files: number
  filesPerSecond: Spread
  /** Worker and Postgres together. */
  totalCpuMsPerFile: Spread
  workerCpuMsPerFile: Spread
  postgresCpuMsPerFile: Spread
  /** CPU of the fast S3 and SQS. */
  awsCpuMsPerFile: Spread
  walKbPerFile: Spread
  residentMiB: number
}

export function summarize(trials: readonly Trial[]): Summary[] {
  return [...Map.groupBy(trials, ({ name }) => name)].map(([name, ofName]) => ({
    name,
    files: ofName.reduce((sum, { files }) => sum + files, 0),
    filesPerSecond: spreadOf(ofName.map((trial) => trial.filesPerSecond)),
    totalCpuMsPerFile: spreadOf(ofName.map(totalCpuMsOf)),
    workerCpuMsPerFile: spreadOf(ofName.map((trial) => trial.workerCpuMsPerFile)),
    postgresCpuMsPerFile: spreadOf(ofName.map((trial) => trial.postgresCpuMsPerFile)),
    awsCpuMsPerFile: spreadOf(ofName.map((trial) => trial.awsCpuMsPerFile)),
    walKbPerFile: spreadOf(ofName.map((trial) => trial.walKbPerFile)),
    residentMiB: Math.max(...ofName.map((trial) => trial.residentMiB)),
  }))
}

/** Prints a table of medians: CPU first, because rates depend on what else the machine does. */
export function printSummaries(summaries: readonly Summary[], print: (line: string) => void): void {
  const heads = [
    '',
    'CPU ms/file',
    '(min to max)',
    'worker',
    'Postgres',
    'S3, SQS',
    'log kB/file',
    'RSS MiB',
    'files/s',
  ]
  const rows = summaries.map(({ name, totalCpuMsPerFile: total, ...summary }) => [
    name,
    total.median.toFixed(3),
    `(${total.min.toFixed(2)} to ${total.max.toFixed(2)}, ${total.count} rounds)`,
    ...[summary.workerCpuMsPerFile, summary.postgresCpuMsPerFile, summary.awsCpuMsPerFile].map(({ median }) =>
      median.toFixed(3),
    ),
    summary.walKbPerFile.median.toFixed(1),
    summary.residentMiB.toFixed(0),
    summary.filesPerSecond.median.toFixed(0),
  ])
  const widths = heads.map((_, at) => Math.max(...[heads, ...rows].map((row) => (row[at] ?? '').length)))
  for (const row of [heads, ...rows]) {
    const cells = row.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    )
    print(cells.join('  '))
  }
}
