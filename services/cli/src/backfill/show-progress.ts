import type { BackfillEvents } from '@aftercall/ingest/bulk/backfill-events'
import { backfillShare } from '@aftercall/operator/backfill-share'
import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import type { CliContext } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { redrawLine } from '../terminal/redraw-line.ts'
import type { LoadTotals } from './read-totals.ts'

export type ProgressOptions = {
  /** Of what was loaded since this run or its rest began. */
  totals(): Promise<LoadTotals>
  json: boolean
  /** Shards that were open when this process started, and how many are listed at the same time. */
  shards: number
  listersMax: number
  /** How many objects may be in flight now; fewer while a service throttles. */
  inFlightMax(): number
}

export type BackfillProgress = {
  /** Updates the counts. */
  events: Omit<BackfillEvents, 'shardFailed'>
  stop(): Promise<void>
}

type Snapshot = {
  seconds: number
  /** Objects that were listed, need loading, and have ended; bytes that were fetched. */
  listed: number
  toLoad: number
  ended: number
  bytes: number
  outcomes: Counts
  shardsDone: number
  shards: number
  /** From 0 to 1, an estimate until everything is listed. */
  share: number
  /** Undefined until enough is done for an estimate. */
  secondsLeft: number | undefined
  inFlightMax: number
}

/** On stderr: a bar in a terminal, plain lines elsewhere, or JSON events. */
export function showBackfillProgress(context: CliContext, options: ProgressOptions): BackfillProgress {
  const startedAt = performance.now()
  const seen = { listed: 0, toLoad: 0, announced: 0, shardsDone: 0 }

  async function snapshot(): Promise<Snapshot> {
    const { bytes, ...loaded } = await options.totals()
    const outcomes = seen.announced > 0 ? { ...loaded.outcomes, announced: seen.announced } : loaded.outcomes
    const seconds = (performance.now() - startedAt) / 1000
    const { listed, toLoad, shardsDone } = seen
    const { shards } = options
    const ended = Object.values(outcomes).reduce((sum, number) => sum + number, 0)
    const partsBegun = shards <= options.listersMax ? shards : shardsDone
    const share = backfillShare({
      ...{ parts: shards, partsDone: shardsDone, partsBegun },
      ...{ listed: toLoad, objects: ended },
    })
    const secondsLeft = share < 0.01 ? undefined : (seconds * (1 - share)) / share
    const inFlightMax = options.inFlightMax()
    const counts = { listed, toLoad, ended, bytes, outcomes, shardsDone, shards }
    return { seconds, ...counts, share, secondsLeft, inFlightMax }
  }

  async function say(): Promise<string> {
    const now = await snapshot()
    return options.json ? formatJson({ event: 'progress', ...now }) : draw(now)
  }

  const line = redrawLine(context, { say, isJson: options.json, atEnd: 'line' })
  return {
    events: {
      pageRead({ listed, toLoad }) {
        seen.listed += listed
        seen.toLoad += toLoad
      },
      pageDone({ counts }) {
        seen.announced += counts.announced ?? 0
      },
      shardDone() {
        seen.shardsDone += 1
      },
    },
    stop: line.stop,
  }
}

const barCells = 20

function draw(now: Snapshot): string {
  const { share } = now
  const filled = Math.round(share * barCells)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barCells - filled)}`
  const perSecond = Math.round(now.ended / Math.max(0.001, now.seconds))
  const bytesPerSecond = now.bytes / Math.max(0.001, now.seconds)
  const outcomes = Object.entries(now.outcomes).map(([outcome, number]) => `${outcome} ${number}`)
  const { secondsLeft } = now
  const left = secondsLeft === undefined ? 'time left unknown' : `${formatDuration(secondsLeft * 1_000)} left`
  return [
    `${bar} ${Math.round(share * 100)} %`,
    `${now.listed} listed`,
    ...(now.ended === 0 ? [] : [`${perSecond} files/s`, `${formatBytes(bytesPerSecond)}/s`]),
    outcomes.join('  ') || 'none loaded yet',
    ...(share === 1 ? [] : [left]),
  ].join('  ')
}
