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
 * Logs events that may come in floods: a limited number of lines per kind and minute. The rest is logged at level `debug`, and
 * the next line of the kind says how many were left out (`linesLeftOut`).
 */
export function createLimitedLog(logger: Logger, options: LineLimitOptions = perMinute): LimitedLog {
  const limit = limitLines(options)
  return (level, kind, line, text) => {
    if (level === 'debug') return logger.debug(line, text)
    const { isLogged, leftOut } = limit(kind)
    logger[isLogged ? level : 'debug'](leftOut === 0 ? line : { ...line, linesLeftOut: leftOut }, text)
  }
}
