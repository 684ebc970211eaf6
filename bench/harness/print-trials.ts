import { type Spread, spreadOf } from './statistics.ts'
import type { Trial } from './trial.ts'

/** The trials with the same name as one row. */
export type Summary = {
  name: string
  files: number
  filesPerSecond: Spread
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
    workerCpuMsPerFile: spreadOf(ofName.map((trial) => trial.workerCpuMsPerFile)),
    postgresCpuMsPerFile: spreadOf(ofName.map((trial) => trial.postgresCpuMsPerFile)),
    awsCpuMsPerFile: spreadOf(ofName.map((trial) => trial.awsCpuMsPerFile)),
    walKbPerFile: spreadOf(ofName.map((trial) => trial.walKbPerFile)),
    residentMiB: Math.max(...ofName.map((trial) => trial.residentMiB)),
  }))
}

/** Prints a table of medians, with the minimum and maximum of the rates. */
export function printSummaries(summaries: readonly Summary[], print: (line: string) => void): void {
  const heads = [
    '',
    'files/s',
    '(min to max)',
    'worker CPU ms/file',
    'Postgres CPU ms/file',
    'S3, SQS CPU ms/file',
    'WAL kB/file',
    'RSS MiB',
  ]
  const rows = summaries.map(({ name, filesPerSecond: rate, ...summary }) => [
    name,
    rate.median.toFixed(0),
    `(${rate.min.toFixed(0)} to ${rate.max.toFixed(0)}, ${rate.count} runs)`,
    ...[summary.workerCpuMsPerFile, summary.postgresCpuMsPerFile, summary.awsCpuMsPerFile].map(({ median }) =>
      median.toFixed(3),
    ),
    summary.walKbPerFile.median.toFixed(1),
    summary.residentMiB.toFixed(0),
  ])
  const widths = heads.map((_, at) => Math.max(...[heads, ...rows].map((row) => (row[at] ?? '').length)))
  for (const row of [heads, ...rows]) {
    const cells = row.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    )
    print(cells.join('  '))
  }
}
