import type { FastAws } from '../fast-aws/start-fast-aws.ts'

/** A process, or several, that load what a queue announces into a database. */
export type Contender = {
  name: string
  pids: readonly number[]
  queue: string
  databaseUrl: string
  stop(): Promise<void>
}

/** What a contender is started with. It answers when it receives. */
export type ContenderPlace = { aws: FastAws; queue: string; queueUrl: string; databaseUrl: string }
