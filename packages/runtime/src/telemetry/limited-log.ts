import { type LineLimitOptions, limitLines } from './limit-lines.ts'
import type { Logger } from './logger.ts'

export type LimitedLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  kind: string,
  line: object,
  text: string,
) => void

const perMinute: LineLimitOptions = { linesMax: 100, spanMs: 60_000 }

/**
 * Logs what may come in floods: of each kind so many lines in a minute. What is left out is still there at the level
 * `debug`, and the next line of its kind tells how many there were (`linesLeftOut`).
 */
export function createLimitedLog(logger: Logger, options: LineLimitOptions = perMinute): LimitedLog {
  const limit = limitLines(options)
  return (level, kind, line, text) => {
    if (level === 'debug') return logger.debug(line, text)
    const { isLogged, leftOut } = limit(kind)
    logger[isLogged ? level : 'debug'](leftOut === 0 ? line : { ...line, linesLeftOut: leftOut }, text)
  }
}
