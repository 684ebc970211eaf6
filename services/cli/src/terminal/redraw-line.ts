import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { CliContext } from '../cli-context.ts'

export type RedrawnLineOptions = {
  /** The text to show now; undefined when nothing is new. */
  say(): string | undefined | Promise<string | undefined>
  /** Prints each line on its own, for machines. */
  isJson?: boolean
  /** What stays at the end: the last line, the last line in a terminal only, or nothing. */
  atEnd: 'line' | 'line-in-terminal' | 'nothing'
}

const redrawMs = 250
const plainLineMs = 5_000

/** A line on stderr: redrawn in a terminal, printed every few seconds elsewhere. */
export function redrawLine(
  { stderr, env }: CliContext,
  { say, isJson = false, atEnd }: RedrawnLineOptions,
): { stop(): Promise<void> } {
  const isLive = stderr.isTTY === true && env.CI === undefined && !isJson

  async function show(): Promise<void> {
    const said = await say()
    if (said === undefined) return
    const line = isJson ? said : visibleText(said)
    stderr.write(isLive ? `\r\x1b[2K${line.slice(0, (stderr.columns ?? 120) - 1)}` : `${line}\n`)
  }

  let shown: Promise<void> = Promise.resolve()
  const timer = setInterval(
    () => {
      shown = show().catch(() => {
        // Failing to draw progress must not stop the work.
      })
    },
    isLive ? redrawMs : plainLineMs,
  )

  async function end(): Promise<void> {
    clearInterval(timer)
    await shown
    if (atEnd === 'line' || (atEnd === 'line-in-terminal' && isLive)) await show()
    if (isLive) stderr.write(atEnd === 'nothing' ? '\r\x1b[2K' : '\n')
  }

  let ended: Promise<void> | undefined
  return {
    stop: () => {
      ended ??= end()
      return ended
    },
  }
}
