import type { CliContext } from '../cli-context.ts'
import { redrawLine } from '../terminal/redraw-line.ts'
import type { LoadCounter } from './load-counts.ts'
import { formatCounts } from './print-load.ts'

/** Shows the counts so far when they have changed. */
export function showLoadProgress(context: CliContext, counter: LoadCounter): { stop(): Promise<void> } {
  let shown = formatCounts(counter.counts())

  function say(): string | undefined {
    const text = formatCounts(counter.counts())
    if (text === shown) return undefined
    shown = text
    return text
  }

  return redrawLine(context, { say, atEnd: 'nothing' })
}
