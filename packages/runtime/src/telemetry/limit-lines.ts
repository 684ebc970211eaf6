/** Decides for each line of one kind whether it is logged now, and how many before it were left out. */
export type LineLimit = (kind: string) => { isLogged: boolean; leftOut: number }

export type LineLimitOptions = {
  /** Lines of one kind within a span. */
  linesMax: number
  spanMs: number
  nowMs?: () => number
}

/**
 * So that a flood does not bury the log: the first lines of each kind in a span are logged, the rest is counted, and the next
 * line that is logged says how many were left out. Kinds are of a closed set (outcomes, codes), never keys or ids. Metrics
 * count everything.
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
