import type { ReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import type { CliContext } from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'
import { redrawLine } from '../terminal/redraw-line.ts'

/** The counts until now. */
export function showReplayProgress(
  context: CliContext,
  { counts }: ReplayCounts,
  isJson: boolean,
): { stop(): Promise<void> } {
  const startedAt = performance.now()

  function say(): string {
    const seconds = (performance.now() - startedAt) / 1_000
    const taken = Object.values(counts).reduce((sum, one) => sum + one, 0)
    const perSecond = Math.round(taken / Math.max(0.001, seconds))
    if (isJson) return printJson({ event: 'progress', seconds, taken, perSecond, counts })
    const ends = Object.entries(counts).map(([name, number]) => `${name} ${number}`)
    return [`${taken} taken`, `${perSecond} a second`, ...ends].join('  ')
  }

  return redrawLine(context, { say, isJson, atEnd: 'line-in-terminal' })
}
