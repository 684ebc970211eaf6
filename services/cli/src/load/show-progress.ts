import type { CliContext } from '../cli-context.ts'
import type { Tally } from './tally.ts'
import { tellCounts } from './tell-load.ts'

const redrawMs = 200
const plainLineMs = 5_000

/** One line that is redrawn in a terminal; elsewhere a line from time to time, when something has changed. On stderr. */
export function showProgress({ stderr, env }: CliContext, tally: Tally): { stop(): void } {
  const live = stderr.isTTY === true && env.CI === undefined
  let shown = tellCounts(tally.counts())

  function show(): void {
    const text = tellCounts(tally.counts())
    if (text === shown) return
    shown = text
    stderr.write(live ? `\r\x1b[2K${text.slice(0, (stderr.columns ?? 120) - 1)}` : `${text}\n`)
  }

  const timer = setInterval(show, live ? redrawMs : plainLineMs)
  return {
    stop() {
      clearInterval(timer)
      if (live) stderr.write('\r\x1b[2K')
    },
  }
}
