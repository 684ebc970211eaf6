import type { FastAws } from '../fast-aws/start-fast-aws.ts'
import { filesOf, type Load } from '../mix/mix.ts'
import type { BenchPostgres } from './bench-postgres.ts'
import type { Contender } from './contender.ts'
import { cpuMsOf, residentMiBOf } from './process-usage.ts'

export type Trial = {
  name: string
  files: number
  /** From the first receive to the last delete. */
  seconds: number
  filesPerSecond: number
  workerCpuMsPerFile: number
  /** Of the sessions that are open on the party's own database. */
  postgresCpuMsPerFile: number
  awsCpuMsPerFile: number
  /** WAL of Postgres. */
  walKbPerFile: number
  /** Peak resident memory of a process. */
  residentMiB: number
}

const trialMsMax = 300_000

/** Queues the load for a waiting contender, and measures until the queue is empty and no message is in flight. */
export async function runTrial(
  {
    aws,
    postgres,
  }: { aws: FastAws; postgres: Pick<BenchPostgres, 'sessionsCpuMs' | 'walBytes' | 'checkpoint'> },
  { name, pids, queue, databaseUrl }: Contender,
  load: Load,
): Promise<Trial> {
  await postgres.checkpoint()
  const ofWorkers = (): number => pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0)
  const cpu = async (): Promise<number[]> => [
    ofWorkers(),
    await postgres.sessionsCpuMs(databaseUrl),
    cpuMsOf(aws.pid),
  ]
  const walBefore = await postgres.walBytes()
  const before = await cpu()
  const files = filesOf(load)
  aws.send(queue, load)
  const { firstReceiveMs, lastDeleteMs } = await aws.untilDeleted(queue, files, trialMsMax)
  const after = await cpu()
  const perFile = (position: number): number => ((after[position] ?? 0) - (before[position] ?? 0)) / files
  const seconds = ((lastDeleteMs ?? 0) - (firstReceiveMs ?? 0)) / 1_000
  return {
    name,
    files,
    seconds,
    filesPerSecond: files / seconds,
    workerCpuMsPerFile: perFile(0),
    postgresCpuMsPerFile: perFile(1),
    awsCpuMsPerFile: perFile(2),
    walKbPerFile: ((await postgres.walBytes()) - walBefore) / files / 1_000,
    residentMiB: Math.max(...pids.map((pid) => residentMiBOf(pid).peak)),
  }
}
