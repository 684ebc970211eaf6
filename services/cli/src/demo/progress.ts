import type { Metrics } from '@aftercall/runtime/metrics'
import type { CliContext } from '../cli-context.ts'

export type Progress = {
  landed(bytes: number): void
  /** Files that landed until now. */
  count(): number
  stop(): Promise<void>
}

const redrawMs = 200
const plainLineMs = 2_000

/** One line that is redrawn in a terminal, and a plain line from time to time elsewhere. Always on stderr. */
export function showProgress(
  context: CliContext,
  { metrics, sessions }: { metrics: Metrics; sessions: number },
): Progress {
  const { stderr, env } = context
  const live = stderr.isTTY === true && env.CI === undefined
  const startedAt = performance.now()
  let files = 0
  let shown: Promise<void> = Promise.resolve()

  async function show(): Promise<void> {
    const { values } = await metrics.objects.get()
    const byOutcome = new Map<string, number>()
    for (const { labels, value } of values) {
      const outcome = String(labels.outcome)
      byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + value)
    }
    const outcomes = [...byOutcome].map(([outcome, objects]) => `${outcome} ${objects}`).join('  ')
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    const line = `${seconds.padStart(3)} s  ${files} files of ${sessions} sessions landed  →  ${outcomes || 'none settled yet'}`
    stderr.write(live ? `\r\x1b[2K${line.slice(0, (stderr.columns ?? 120) - 1)}` : `${line}\n`)
  }

  const timer = setInterval(
    () => {
      shown = show().catch(() => {
        // A line that cannot be drawn is no reason to stop what it tells about.
      })
    },
    live ? redrawMs : plainLineMs,
  )
  let stopped: Promise<void> | undefined
  async function stop(): Promise<void> {
    clearInterval(timer)
    await shown
    await show()
    if (live) stderr.write('\n')
  }
  return {
    landed: () => {
      files += 1
    },
    count: () => files,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}
