import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { BenchPostgres } from '../harness/bench-postgres.ts'
import type { ContenderPlace } from '../harness/contender.ts'
import { cpuMsOf, residentMiBOf } from '../harness/process-usage.ts'
import type { Trial } from '../harness/trial.ts'
import { watchSessions } from '../harness/watch-sessions.ts'
import type { Load } from '../mix/mix.ts'
import type { Measured } from './stage.ts'
import type { StageName, StageOrder } from './stage-process.ts'

export type Stages = { run(name: StageName, load: Load): Promise<Trial>; stop(): void }

export function startStages({ aws, databaseUrl }: ContenderPlace, postgres: BenchPostgres): Stages {
  const child = fork(new URL('./stage-process.ts', import.meta.url).pathname, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...aws.environment },
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the stage process exited with ${String(code)}`)
  })
  // Without a pending answer, nothing awaits this promise.
  ended.catch(() => {})

  async function run(name: StageName, load: Load): Promise<Trial> {
    const [awsMs, walBytes] = [cpuMsOf(aws.pid), await postgres.walBytes()]
    const sessions = await watchSessions(postgres, databaseUrl)
    const order: StageOrder = { name, load, databaseUrl }
    child.send(order)
    const [measured]: Measured[] = await Promise.race([once(child, 'message'), ended])
    if (measured === undefined) throw new Error(`${name} sent no answer`)
    const { files, seconds, cpuMs } = measured
    return {
      name,
      files,
      seconds,
      filesPerSecond: files / seconds,
      workerCpuMsPerFile: cpuMs / files,
      postgresCpuMsPerFile: (await sessions.stop()) / files,
      awsCpuMsPerFile: (cpuMsOf(aws.pid) - awsMs) / files,
      walKbPerFile: ((await postgres.walBytes()) - walBytes) / files / 1_000,
      residentMiB: residentMiBOf(child.pid ?? 0).peak,
    }
  }

  return { run, stop: () => void child.kill() }
}
