import type { FastAws } from '../fast-aws/start-fast-aws.ts'

/** One or more processes that load the files announced on a queue into a database. */
export type Contender = {
  name: string
  pids: readonly number[]
  queue: string
  databaseUrl: string
  stop(): Promise<void>
}

/** Starts a contender; resolves when it receives messages. */
export type ContenderPlace = { aws: FastAws; queue: string; queueUrl: string; databaseUrl: string }
