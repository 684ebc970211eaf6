import { scaleUtc } from 'd3-scale'

export type Span = { fromMs: number; untilMs: number }

/** A stretch of the axis without a cut. */
type Piece = Span & { fromX: number; untilX: number }

export type Tick = {
  x: number
  at: Date
  /** How exactly it has to be written. */
  show: 'second' | 'minute' | 'day'
}

export type TimeAxis = {
  /** The width that it needs; at least `width`. */
  width: number
  xOf(ms: number): number
  ticks: Tick[]
  /** Where time without anything is left out. */
  cuts: { x: number; width: number; leftOutMs: number }[]
}

/** Time without anything is left out if it is longer than this, and than half of all that has something. */
const cutMsMin = 120_000
const cutWidth = 32
/** A label needs this much, and each piece has one. */
const labelWidth = 84
const pieceWidthMin = labelWidth - cutWidth + 4

/**
 * A time axis on which everything stays readable, whether a session took two seconds or, with waits between, three days: time
 * without anything is left out, and each piece in between has room for its label.
 */
export function createTimeAxis(spans: readonly Span[], options: { left: number; width: number }): TimeAxis {
  const occupied = splitAtGaps(spans)
  const cutCount = occupied.length - 1
  const needed = options.left + occupied.length * pieceWidthMin + cutCount * cutWidth
  const width = Math.max(options.width, needed)
  const pieces = placePieces(occupied, options.left, width - needed)
  const scale = scaleUtc()
    .domain(pieces.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]))
    .range(pieces.flatMap(({ fromX, untilX }) => [fromX, untilX]))
    .clamp(true)
  const cuts = pieces.slice(1).map(({ fromMs, fromX }, index) => {
    const leftOutMs = fromMs - (pieces[index]?.untilMs ?? fromMs)
    return { x: fromX - cutWidth, width: cutWidth, leftOutMs }
  })
  const isLong = (pieces.at(-1)?.untilMs ?? 0) - (pieces[0]?.fromMs ?? 0) > 20 * 3_600_000
  return { width, xOf: (ms) => scale(ms), ticks: pieces.flatMap((piece) => ticksOf(piece, isLong)), cuts }
}

/** What has something, with a margin on both sides; two are apart only if the time between is worth leaving out. */
function splitAtGaps(spans: readonly Span[]): Span[] {
  const merged = mergeSpans(spans, 0)
  const busyMs = merged.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0)
  const marginMs = Math.max(500, busyMs / 100)
  const wide = mergeSpans(merged, Math.max(cutMsMin, busyMs / 2))
  return wide.map(({ fromMs, untilMs }) => ({ fromMs: fromMs - marginMs, untilMs: untilMs + marginMs }))
}

/** Spans that are at most `gapMs` apart become one. */
function mergeSpans(spans: readonly Span[], gapMs: number): Span[] {
  const merged: Span[] = []
  for (const span of spans.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const last = merged.at(-1)
    if (last !== undefined && span.fromMs - last.untilMs <= gapMs)
      last.untilMs = Math.max(last.untilMs, span.untilMs)
    else merged.push({ ...span })
  }
  return merged
}

/** Each piece gets its least width, and of the rest as much as its share of time. */
function placePieces(spans: readonly Span[], left: number, restWidth: number): Piece[] {
  const totalMs = spans.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0)
  let x = left
  return spans.map(({ fromMs, untilMs }) => {
    const fromX = x
    const untilX = fromX + pieceWidthMin + (restWidth * (untilMs - fromMs)) / totalMs
    x = untilX + cutWidth
    return { fromMs, untilMs, fromX, untilX }
  })
}

/** A label begins at its tick, and must end before the next piece. */
function ticksOf({ fromMs, untilMs, fromX, untilX }: Piece, isLong: boolean): Tick[] {
  const scale = scaleUtc().domain([fromMs, untilMs]).range([fromX, untilX])
  const width = untilX - fromX
  const whole = scale
    .ticks(Math.max(1, Math.floor(width / labelWidth)))
    .filter((at) => at.getTime() % 1_000 === 0 && scale(at) + labelWidth <= untilX + cutWidth)
  const [first, second] = whole.map((at) => scale(at))
  const every = first === undefined || second === undefined ? 1 : Math.ceil(labelWidth / (second - first))
  const wide = whole.filter((_, index) => index % every === 0)
  const shown = wide.length === 0 ? [new Date(fromMs)] : wide
  const show = isLong ? 'day' : shown.every((at) => at.getTime() % 60_000 === 0) ? 'minute' : 'second'
  return shown.map((at) => ({ at, x: scale(at), show }))
}
