import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import type { CliContext } from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'
import { redrawLine } from '../terminal/redraw-line.ts'

export type ProgressOptions = {
  metrics: Metrics
  json: boolean
  /** Parts that were open when this process began, and how many are walked at the same time. */
  shards: number
  listersMax: number
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
  /** From 0 to 1, as far as anyone can tell before all is listed. */
  share: number
  /** Absent until there is something to tell it from. */
  secondsLeft: number | undefined
  inFlightMax: number
}

/** A bar that is redrawn in a terminal, a plain line from time to time elsewhere, or events in JSON. On stderr. */
export function showBackfillProgress(context: CliContext, options: ProgressOptions): BackfillProgress {
  const startedAt = performance.now()
  const seen = { listed: 0, toLoad: 0, announced: 0, shardsDone: 0 }

  async function snapshot(): Promise<Snapshot> {
    const outcomes = await readOutcomes(options.metrics)
    if (seen.announced > 0) outcomes.announced = seen.announced
    const { values } = await options.metrics.objectBytes.get()
    const seconds = (performance.now() - startedAt) / 1000
    const { listed, toLoad, shardsDone } = seen
    const { shards } = options
    const ended = Object.values(outcomes).reduce((sum, number) => sum + number, 0)
    const share = shareOf({ ...seen, ended, shards, listersMax: options.listersMax })
    const secondsLeft = share < 0.01 ? undefined : (seconds * (1 - share)) / share
    const bytes = values[0]?.value ?? 0
    const inFlightMax = options.inFlightMax()
    const counts = { listed, toLoad, ended, bytes, outcomes, shardsDone, shards }
    return { seconds, ...counts, share, secondsLeft, inFlightMax }
  }

  async function say(): Promise<string> {
    const now = await snapshot()
    return options.json ? printJson({ event: 'progress', ...now }) : draw(now)
  }

  const line = redrawLine(context, { say, isJson: options.json, atEnd: 'line' })
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
    stop: line.stop,
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

type Done = { shards: number; listersMax: number; shardsDone: number; toLoad: number; ended: number }

/** By the parts that are done; where all are walked at once, by the objects of what is listed, too. */
function shareOf({ shards, listersMax, shardsDone, toLoad, ended }: Done): number {
  if (shardsDone >= shards) return 1
  const ofListed = shards <= listersMax && toLoad > 0 ? Math.min(0.99, ended / toLoad) : 0
  return Math.max(shardsDone / shards, ofListed)
}

const barCells = 20

function draw(now: Snapshot): string {
  const { share } = now
  const filled = Math.round(share * barCells)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barCells - filled)}`
  const perSecond = Math.round(now.ended / Math.max(0.001, now.seconds))
  const bytesPerSecond = now.bytes / Math.max(0.001, now.seconds)
  const outcomes = Object.entries(now.outcomes).map(([outcome, number]) => `${outcome} ${number}`)
  const left =
    now.secondsLeft === undefined
      ? 'time left unknown'
      : `about ${formatDuration(now.secondsLeft * 1_000)} left`
  return [
    `${bar} ${Math.round(share * 100)} %`,
    `${now.listed} listed`,
    `${perSecond} files/s`,
    `${formatBytes(bytesPerSecond)}/s`,
    outcomes.join('  ') || 'none taken yet',
    left,
  ].join('  ')
}
