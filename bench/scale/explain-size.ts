import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatNumber } from '@aftercall/operator/format/number'
import type { Size } from './size-machine.ts'

/** A line of the table: what it is, from which lines and figures it follows, and how its value is written. */
export type SizeLine = { letter: string; says: string; from: string; show(size: Size): string }

const gb = (value: number): string => formatBytes(value * 1e9)
const dollars = (value: number): string => `$${formatNumber(value)}`
const fine = (value: number): string => (value < 10 ? value.toFixed(value < 1 ? 3 : 1) : formatNumber(value))
const months = (value: number): string => (value >= 120 ? `${formatNumber(value / 12)} years` : fine(value))

/** In the order of `size-machine.ts`. Names in quotes are measured figures or assumptions. */
export const sizeLines: readonly SizeLine[] = [
  line('A', 'sessions a day', 'given', (size) => formatNumber(size.sessionsPerDay)),
  line('B', 'files a day', 'A × files of a session', (size) => formatNumber(size.filesPerDay)),
  line('C', 'files a second, mean', 'B / 86,400', (size) => fine(size.meanRate)),
  line('D', 'files a second, peak', 'B × busiest hour / 3,600 × busiest minutes', (size) =>
    fine(size.peakRate),
  ),
  line('E', 'cores of workers at the peak', 'D × CPU of a worker', (size) => fine(size.workerCores)),
  line('F', '**workers at the peak**', 'E / 0.6, rounded up', (size) => `**${size.workers}**`),
  line('G', 'cores of Postgres for loading at the peak', 'D × CPU of Postgres', (size) =>
    fine(size.postgresCores),
  ),
  line('H', '**vCPU of Postgres**', 'G / 0.4, the next size of m7g', (size) => `**${size.postgresCpus}**`),
  line('I', 'connections of workers', 'F × `database.poolMax` (4)', (size) => formatNumber(size.connections)),
  line('J', 'GETs a second at the peak', 'D, one each', (size) => fine(size.peakRate)),
  line('K', 'prefixes that S3 needs for it', 'J / 5,500, rounded up', (size) => formatNumber(size.prefixes)),
  line('L', 'read from S3 a second at the peak', 'D × a file', (size) => formatBytes(size.peakReadMb * 1e6)),
  line('M', 'messages in a receive, at the mean rate', 'simulated: C on a worker', (size) =>
    fine(size.messagesPerCall),
  ),
  line('N', 'SQS calls a day: send, receive, delete', 'B × (1 + 2 / M)', (size) =>
    formatNumber(size.queueCallsPerDay),
  ),
  line('O', 'log (WAL) a day', 'B × log of a file', (size) => gb(size.logGbPerDay)),
  line('P', 'the same, in a large database', 'O × 1.43', (size) => gb(size.logGbPerDayLarge)),
  line('Q', 'log a second at the peak, large database', 'D × log of a file × 1.43', (size) =>
    formatBytes(size.peakLogMb * 1e6),
  ),
  line('R', 'stored a day', 'A × (a session + its document)', (size) => gb(size.storedGbPerDay)),
  line('R1', 'agents at work on a day', 'A × seconds of agents / seconds that an agent handles', (size) =>
    formatNumber(size.agents),
  ),
  line('R2', 'rows of rollups a day', 'R1 × rows of an agent × all rollups to those', (size) =>
    formatNumber(size.rollupRowsPerDay),
  ),
  line('R3', 'rollups a day, kept after their months', 'R2 × a row of rollups', (size) =>
    gb(size.rollupGbPerDay),
  ),
  line('S', '**stored a month**', 'R × 30', (size) => `**${gb(size.storedTbPerMonth * 1_000)}**`),
  line(
    'T',
    '**months that the largest server holds**',
    '64 TB × 0.7 / S',
    (size) => `**${months(size.monthsOfServer)}**`,
  ),
  line('U', 'S3 and SQS a month', 'B × 30, by docs/cost.md, M messages in a call', (size) =>
    dollars(size.requestDollars),
  ),
  line('V', 'workers a month', 'F × 730 h × 1 vCPU and 4 GB of Fargate', (size) =>
    dollars(size.workerDollars),
  ),
  line('W', 'Postgres a month', 'H × 730 h × a vCPU of m7g Multi-AZ', (size) =>
    dollars(size.postgresDollars),
  ),
  line('X', 'its storage a month', 'S × 3 months kept × a GB of gp3', (size) => dollars(size.storageDollars)),
  line('Y', '**sum a month, by list price**', 'U + V + W + X', (size) => `**${dollars(size.dollars)}**`),
  line(
    'Z',
    'of it, for a million sessions',
    'Y / (A × 30) × 1,000,000',
    (size) => `$${((size.dollars / size.sessionsPerDay / 30) * 1e6).toFixed(2)}`,
  ),
]

function line(letter: string, says: string, from: string, show: (size: Size) => string): SizeLine {
  return { letter, says, from, show }
}
