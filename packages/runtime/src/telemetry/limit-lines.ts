/** Decides whether to log a line of a kind, and how many lines before it were left out. */
export type LineLimit = (kind: string) => { isLogged: boolean; leftOut: number }

export type LineLimitOptions = {
  /** The most lines of one kind within a span. */
  linesMax: number
  spanMs: number
  nowMs?: () => number
}

/**
 * Keeps a flood from burying the log: logs the first lines of each kind in a span and counts the rest, and the next logged
 * line says how many were left out. Kinds come from a closed set (outcomes, codes), never keys or ids. Metrics count
 * everything.
 */
export function limitLines({
  linesMax,
  spanMs,
  nowMs = () => performance.now(),
}: LineLimitOptions): LineLimit {
  const spans = new Map<string, { startedMs: number; lines: number; leftOut: number }>()
  return (kind) => {
    const now = nowMs()
    let span = spans.get(kind)
    if (span === undefined || now - span.startedMs >= spanMs) {
      span = { startedMs: now, lines: 0, leftOut: span?.leftOut ?? 0 }
      spans.set(kind, span)
    }
    if (span.lines >= linesMax) {
      span.leftOut += 1
      return { isLogged: false, leftOut: 0 }
    }
    span.lines += 1
    const { leftOut } = span
    span.leftOut = 0
    return { isLogged: true, leftOut }
  }
}
