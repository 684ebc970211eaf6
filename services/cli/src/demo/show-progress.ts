import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { CliContext } from '../cli-context.ts'
import { redrawLine } from '../terminal/redraw-line.ts'

export type DemoProgress = {
  landed(bytes: number): void
  /** Files that have landed so far. */
  count(): number
  stop(): Promise<void>
}

/** Shows how many files have landed and their outcomes. */
export function showDemoProgress(
  context: CliContext,
  { metrics, sessions }: { metrics: Metrics; sessions: number },
): DemoProgress {
  const startedAt = performance.now()
  let files = 0

  async function say(): Promise<string> {
    const { values } = await metrics.objects.get()
    const byOutcome = new Map<string, number>()
    for (const { labels, value } of values) {
      const outcome = String(labels.outcome)
      byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + value)
    }
    const outcomes = [...byOutcome].map(([outcome, objects]) => `${outcome} ${objects}`).join('  ')
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    return `${seconds.padStart(3)} s  ${files} files of ${sessions} sessions landed  →  ${outcomes || 'none loaded yet'}`
  }

  const line = redrawLine(context, { say, atEnd: 'line' })
  return {
    landed: () => {
      files += 1
    },
    count: () => files,
    stop: line.stop,
  }
}
