import { setTimeout as wait } from 'node:timers/promises'
import { writeDocument } from '@aftercall/samples/sample-session'
import { sampleSessions } from '@aftercall/samples/sample-stream'
import { poisonContent } from '@aftercall/testkit/poison-content'
import { sql } from 'kysely'
import { bucket, type OneQueueBench, openOneQueueBench } from './one-queue-bench.ts'

/**
 * How a wave of files that can never be loaded affects good files: the lag of good files that land steadily, alone and
 * mixed with as many bad ones, may at most double. `node bench/poison-wave.ts [files] [good files per second]`, by default
 * 5,000 of each kind and 40; exits with 1 if it fails. The ratio is only meaningful if nothing else runs.
 */
const [files = 5_000, perSecond = 40] = process.argv.slice(2).map(Number)
const ratioMax = 2
const settledMsMax = 120_000
const goodFiles = sampleSessions({ seed: 'poison-wave', sessions: Number.MAX_SAFE_INTEGER })

const bench = await openOneQueueBench()
try {
  // The first files of a process are always slow.
  await lagsOf(await land('warm-up', Math.min(files, perSecond * 5), 0))
  // Half of them before and half after, because the machine's speed changes over time.
  const before = await lagsOf(await land('before', files / 2, 0))
  const among = await lagsOf(await land('among', files, files))
  const after = await lagsOf(await land('after', files / 2, 0))
  process.exitCode = (await report([...before, ...after], among, bench)) ? 0 : 1
} finally {
  await bench.close()
}

/** Lands good files at the rate, and bad ones evenly between them. Returns the keys of the good ones. */
async function land(phase: string, good: number, bad: number): Promise<string[]> {
  const startedAtMs = performance.now()
  const puts: Promise<void>[] = []
  const keys: string[] = []
  for (let position = 0; position < good; position += 1) {
    const { tenant, revisions } = goodFiles.next().value ?? { tenant: '', revisions: [] }
    const newest = revisions.at(-1)
    if (newest === undefined) throw new Error('a sample session without a document')
    const key = `${tenant}/${newest.key}`
    keys.push(key)
    puts.push(bench.put(key, Buffer.from(writeDocument(newest.document))))
    if (position < bad) {
      const poison = poisonContent(position + 1)
      puts.push(bench.put(`${tenant}/bad/${phase}/${poison.key}`, poison.bytes))
    }
    await wait(Math.max(0, startedAtMs + ((position + 1) * 1_000) / perSecond - performance.now()))
  }
  await Promise.all(puts)
  return keys
}

/** The lags of these files from the ledger, in milliseconds, once all are in it. */
async function lagsOf(keys: readonly string[]): Promise<number[]> {
  const different = new Set(keys).size
  const deadlineMs = performance.now() + settledMsMax
  for (;;) {
    const { rows } = await sql<{ lag: string }>`
      select lag_ms as lag from ingest.object
      where bucket = ${bucket} and object_key = any(${keys}) and outcome <> 'failed'`.execute(bench.db)
    if (rows.length === different) return rows.map(({ lag }) => Number(lag))
    if (performance.now() > deadlineMs)
      throw new Error(`${rows.length} of ${different} files were loaded in time`)
    await wait(100)
  }
}

async function report(
  alone: readonly number[],
  among: readonly number[],
  { db, depth }: OneQueueBench,
): Promise<boolean> {
  const { rows } = await sql<{ kept: string }>`select count(*) as kept from ingest.rejection`.execute(db)
  const kept = Number(rows[0]?.kept)
  const { deadLetters } = await depth()
  say(`good files alone: lag ${describe(alone)}; among as many bad ones: ${describe(among)}`)
  const ratio = quantile(among, 0.5) / quantile(alone, 0.5)
  const ratioOfSlow = quantile(among, 0.99) / quantile(alone, 0.99)
  say(
    `ratio at the median ${ratio.toFixed(2)} (at most ${ratioMax}), at the 99th percentile ${ratioOfSlow.toFixed(2)}`,
  )
  say(`${kept} of ${files} bad files kept as rejections, ${deadLetters} dead letters`)
  return ratio <= ratioMax && kept === files && deadLetters === 0
}

function describe(lags: readonly number[]): string {
  return `p50 ${quantile(lags, 0.5)} ms, p99 ${quantile(lags, 0.99)} ms`
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
