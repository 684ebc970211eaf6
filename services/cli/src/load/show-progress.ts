import type { CliContext } from '../cli-context.ts'
import { redrawLine } from '../terminal/redraw-line.ts'
import type { LoadCounter } from './load-counts.ts'
import { formatCounts } from './print-load.ts'

/** The counts until now, when something has changed. */
export function showProgress(context: CliContext, tally: LoadCounter): { stop(): Promise<void> } {
  let shown = formatCounts(tally.counts())

  function say(): string | undefined {
    const text = formatCounts(tally.counts())
    if (text === shown) return undefined
    shown = text
    return text
  }

  return redrawLine(context, { say, atEnd: 'nothing' })
}
