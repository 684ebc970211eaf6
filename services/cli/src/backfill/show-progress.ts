import type { Metrics } from '@aftercall/runtime/metrics'
import type { Counts } from '@aftercall/warehouse/backfill-runs'
import type { CliContext } from '../cli-context.ts'
import { describeDuration } from '../describe-duration.ts'

export type ProgressOptions = {
  metrics: Metrics
  json: boolean
  /** Parts that were open when this process began. */
  shards: number
  /** How many objects may be under way now: less than at the start, when it has slowed itself down. */
  inFlightMax(): number
}

export type BackfillProgress = {
  pageRead(page: { listed: number; toLoad: number }): void
  announced(counts: Counts): void
  shardDone(): void
  stop(): Promise<void>
}

type Snapshot = {
  seconds: number
  /** Listed, skipped and ended objects; bytes that were fetched. */
  listed: number
  toLoad: number
  ended: number
  bytes: number
  outcomes: Counts
  shardsDone: number
  shards: number
  /** From the parts that are done. Absent until one is. */
  secondsLeft: number | undefined
  inFlightMax: number
}

const redrawMs = 250
const plainLineMs = 5_000

/** A bar that is redrawn in a terminal, a plain line from time to time elsewhere, or events in JSON. On stderr. */
export function showBackfillProgress(context: CliContext, options: ProgressOptions): BackfillProgress {
  const { stderr, env } = context
  const isLive = stderr.isTTY === true && env.CI === undefined && !options.json
  const startedAt = performance.now()
  const seen = { listed: 0, toLoad: 0, announced: 0, shardsDone: 0 }

  async function snapshot(): Promise<Snapshot> {
    const outcomes = await readOutcomes(options.metrics)
    if (seen.announced > 0) outcomes.announced = seen.announced
    const { values } = await options.metrics.objectBytes.get()
    const seconds = (performance.now() - startedAt) / 1000
    const { listed, toLoad, shardsDone } = seen
    const { shards } = options
    const secondsLeft = shardsDone === 0 ? undefined : (seconds * (shards - shardsDone)) / shardsDone
    const ended = Object.values(outcomes).reduce((sum, number) => sum + number, 0)
    const bytes = values[0]?.value ?? 0
    const inFlightMax = options.inFlightMax()
    return { seconds, listed, toLoad, ended, bytes, outcomes, shardsDone, shards, secondsLeft, inFlightMax }
  }

  async function show(): Promise<void> {
    const now = await snapshot()
    if (options.json) stderr.write(`${JSON.stringify({ event: 'progress', ...now })}\n`)
    else if (isLive) stderr.write(`\r\x1b[2K${draw(now).slice(0, (stderr.columns ?? 120) - 1)}`)
    else stderr.write(`${draw(now)}\n`)
  }

  let shown: Promise<void> = Promise.resolve()
  const timer = setInterval(
    () => {
      shown = show().catch(() => {
        // A line that cannot be drawn is no reason to stop what it tells about.
      })
    },
    isLive ? redrawMs : plainLineMs,
  )
  return {
    pageRead: ({ listed, toLoad }) => {
      seen.listed += listed
      seen.toLoad += toLoad
    },
    announced: (counts) => {
      seen.announced += counts.announced ?? 0
    },
    shardDone: () => {
      seen.shardsDone += 1
    },
    async stop() {
      clearInterval(timer)
      await shown
      await show()
      if (isLive) stderr.write('\n')
    },
  }
}

async function readOutcomes({ objects }: Metrics): Promise<Counts> {
  const outcomes: Counts = {}
  for (const { labels, value } of (await objects.get()).values) {
    const outcome = String(labels.outcome)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + value
  }
  return outcomes
}

const barCells = 20

function draw(now: Snapshot): string {
  const share = now.shards === 0 ? 1 : now.shardsDone / now.shards
  const filled = Math.round(share * barCells)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barCells - filled)}`
  const perSecond = Math.round(now.ended / Math.max(0.001, now.seconds))
  const megabytes = (now.bytes / 1e6 / Math.max(0.001, now.seconds)).toFixed(1)
  const outcomes = Object.entries(now.outcomes).map(([outcome, number]) => `${outcome} ${number}`)
  const left =
    now.secondsLeft === undefined ? 'time left unknown' : `about ${describeDuration(now.secondsLeft)} left`
  return [
    `${bar} ${Math.round(share * 100)} %`,
    `${now.listed} listed`,
    `${perSecond} files/s`,
    `${megabytes} MB/s`,
    outcomes.join('  ') || 'none taken yet',
    left,
  ].join('  ')
}
