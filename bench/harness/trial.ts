import type { FastAws } from '../fast-aws/start-fast-aws.ts'
import { filesOf, type Load } from '../mix/mix.ts'
import type { BenchPostgres } from './bench-postgres.ts'
import type { Contender } from './contender.ts'
import { cpuMsOf, residentMiBOf } from './process-usage.ts'
import { watchSessions } from './watch-sessions.ts'

export type Trial = {
  name: string
  files: number
  /** From the first receive to the last delete. */
  seconds: number
  filesPerSecond: number
  workerCpuMsPerFile: number
  /** Of the sessions on the contender's own database, also those that ended. */
  postgresCpuMsPerFile: number
  awsCpuMsPerFile: number
  /** WAL of Postgres. */
  walKbPerFile: number
  /** Peak resident memory of a process. */
  residentMiB: number
}

const trialMsMax = 300_000

export type TrialPlace = { aws: FastAws; postgres: Pick<BenchPostgres, 'sessionsCpuMs' | 'walBytes'> }

/** Queues the load for a waiting contender, and measures until the queue is empty and no message is in flight. */
export async function runTrial(
  { aws, postgres }: TrialPlace,
  { name, pids, queue, databaseUrl }: Contender,
  load: Load,
): Promise<Trial> {
  const ofWorkers = (): number => pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0)
  const walBefore = await postgres.walBytes()
  const sessions = await watchSessions(postgres, databaseUrl)
  const before = { workers: ofWorkers(), aws: cpuMsOf(aws.pid) }
  const files = filesOf(load)
  aws.send(queue, load)
  const { firstReceiveMs, lastDeleteMs } = await aws.untilDeleted(queue, files, trialMsMax)
  const sessionsMs = await sessions.stop()
  const workersMs = ofWorkers() - before.workers
  const seconds = ((lastDeleteMs ?? 0) - (firstReceiveMs ?? 0)) / 1_000
  return {
    name,
    files,
    seconds,
    filesPerSecond: files / seconds,
    workerCpuMsPerFile: workersMs / files,
    postgresCpuMsPerFile: sessionsMs / files,
    awsCpuMsPerFile: (cpuMsOf(aws.pid) - before.aws) / files,
    walKbPerFile: ((await postgres.walBytes()) - walBefore) / files / 1_000,
    residentMiB: Math.max(...pids.map((pid) => residentMiBOf(pid).peak)),
  }
}

export function totalCpuMsOf({ workerCpuMsPerFile, postgresCpuMsPerFile }: Trial): number {
  return workerCpuMsPerFile + postgresCpuMsPerFile
}
