import type { Tally } from '@aftercall/ingest/replay/tally'
import type { CliContext } from '../cli-context.ts'

const redrawMs = 250
const plainLineMs = 5_000

/** The counts until now: a line that is redrawn in a terminal, else one from time to time. On stderr. */
export function showReplayProgress(
  { stderr, env }: CliContext,
  { counts }: Tally,
  json: boolean,
): { stop(): void } {
  const isLive = stderr.isTTY === true && env.CI === undefined && !json
  const startedAt = performance.now()

  function show(): void {
    const seconds = (performance.now() - startedAt) / 1_000
    const taken = Object.values(counts).reduce((sum, one) => sum + one, 0)
    const perSecond = Math.round(taken / Math.max(0.001, seconds))
    if (json) stderr.write(`${JSON.stringify({ event: 'progress', seconds, taken, perSecond, counts })}\n`)
    else {
      const ends = Object.entries(counts).map(([name, number]) => `${name} ${number}`)
      const line = [`${taken} taken`, `${perSecond} a second`, ...ends].join('  ')
      stderr.write(isLive ? `\r\x1b[2K${line.slice(0, (stderr.columns ?? 120) - 1)}` : `${line}\n`)
    }
  }

  const timer = setInterval(show, isLive ? redrawMs : plainLineMs)
  return {
    stop() {
      clearInterval(timer)
      if (!isLive) return
      show()
      stderr.write('\n')
    },
  }
}
