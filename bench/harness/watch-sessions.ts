import { setTimeout as wait } from 'node:timers/promises'
import type { BenchPostgres, SessionsCpuMs } from './bench-postgres.ts'

const readEveryMs = 250

/**
 * Counts the CPU of a database's sessions from now on. A session that ends counts as it was last read: pools close sessions
 * that have been idle for seconds, so nothing is missing.
 */
export async function watchSessions(
  postgres: Pick<BenchPostgres, 'sessionsCpuMs'>,
  databaseUrl: string,
): Promise<{ stop(): Promise<number> }> {
  const before: SessionsCpuMs = await postgres.sessionsCpuMs(databaseUrl)
  const last = new Map(before)
  const stopping = new AbortController()

  async function read(): Promise<void> {
    for (const [session, cpuMs] of await postgres.sessionsCpuMs(databaseUrl)) {
      // A session that ends between the list and its reading reads as nothing.
      last.set(session, Math.max(cpuMs, last.get(session) ?? 0))
    }
  }

  async function readAgainAndAgain(): Promise<void> {
    while (!stopping.signal.aborted) {
      await wait(readEveryMs, undefined, { signal: stopping.signal }).then(read, () => {})
    }
  }

  const reading = readAgainAndAgain()
  return {
    async stop() {
      stopping.abort()
      await reading
      await read()
      return [...last].reduce((sum, [session, cpuMs]) => sum + cpuMs - (before.get(session) ?? 0), 0)
    },
  }
}
