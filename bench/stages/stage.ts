import type { Load } from '../mix/mix.ts'

/** One stage alone, as fast as we can make it: an upper bound for the whole. */
export type Stage = (place: StagePlace, load: Load) => Promise<Measured>

export type StagePlace = { databaseUrl: string }

export type Measured = { files: number; seconds: number; cpuMs: number }

/** Time and CPU of the work alone, without its preparation. */
export async function measureFiles(files: number, work: () => Promise<void> | void): Promise<Measured> {
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  await work()
  const seconds = (performance.now() - startedMs) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  return { files, seconds, cpuMs: (user + system) / 1_000 }
}

/** Runs the work for each entry, up to `atOnce` at a time. */
export async function forEachAtOnce<Entry>(
  entries: Iterable<Entry>,
  atOnce: number,
  work: (entry: Entry) => Promise<unknown>,
): Promise<void> {
  const left = entries[Symbol.iterator]()
  const runOne = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: atOnce }, runOne))
}
