import type { ReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import type { CliContext } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { redrawLine } from '../terminal/redraw-line.ts'

/** Shows the counts so far. */
export function showReplayProgress(
  context: CliContext,
  { counts }: ReplayCounts,
  isJson: boolean,
): { stop(): Promise<void> } {
  const startedAt = performance.now()

  function say(): string {
    const seconds = (performance.now() - startedAt) / 1_000
    const taken = Object.values(counts).reduce((sum, number) => sum + number, 0)
    const perSecond = Math.round(taken / Math.max(0.001, seconds))
    if (isJson) return formatJson({ event: 'progress', seconds, taken, perSecond, counts })
    const ends = Object.entries(counts).map(([name, number]) => `${name} ${number}`)
    return [`${taken} replayed`, `${perSecond}/s`, ...ends].join('  ')
  }

  return redrawLine(context, { say, isJson, atEnd: 'line-in-terminal' })
}
