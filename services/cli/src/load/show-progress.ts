import type { CliContext } from '../cli-context.ts'
import { redrawLine } from '../terminal/redraw-line.ts'
import type { Tally } from './load-counts.ts'
import { tellCounts } from './print-load.ts'

/** The counts until now, when something has changed. */
export function showProgress(context: CliContext, tally: Tally): { stop(): Promise<void> } {
  let shown = tellCounts(tally.counts())

  function say(): string | undefined {
    const text = tellCounts(tally.counts())
    if (text === shown) return undefined
    shown = text
    return text
  }

  return redrawLine(context, { say, atEnd: 'nothing' })
}
