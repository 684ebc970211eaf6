import type { SessionPart } from '@aftercall/warehouse/console/session-parts'
import { packRows } from './pack-rows.ts'
import { type TimedPart, timedParts } from './part-times.ts'
import { type Course, looks, styleOf, trackOf } from './part-words.ts'
import { placeCurves } from './place-curves.ts'
import { type Bar, barHeight, markSize, type SessionDrawing, type Track } from './session-drawing.ts'
import { createTimeAxis, type TimeAxis } from './time-axis.ts'

const rowHeight = 24
const trackPadding = 5
const axisHeight = 34
const left = 132
const widthMin = 1_100
const barWidthMin = 4

/** Null if no part has a time. */
export function layOutSession(parts: readonly SessionPart[], course: Course): SessionDrawing | null {
  const timed = timedParts(parts)
  if (timed.length === 0) return null
  const axis = createTimeAxis(
    timed.map(({ span }) => span),
    { left, width: widthMin - 12 },
  )
  const flat = timed.filter(({ part }) => looks[part.kind].shape === 'bar').map((one) => flatBar(one, axis))
  const events = timed.flatMap(({ part, span }) => {
    const look = looks[part.kind]
    return look.shape === 'mark' ? [{ part, letter: look.letter, x: axis.xOf(span.fromMs) }] : []
  })
  const tracks: Track[] = []
  let top = axisHeight
  const addTrack = (name: string, extents: readonly { x: number; width: number }[]): number[] => {
    const rows = packRows(extents)
    const height = (Math.max(0, ...rows) + 1) * rowHeight + 2 * trackPadding
    tracks.push({ name, top, height })
    const ys = rows.map((row) => top + trackPadding + row * rowHeight + (rowHeight - barHeight) / 2)
    top += height
    return ys
  }
  const bars = [...Map.groupBy(flat, ({ part }) => trackOf(part, course))]
    .sort(([, [one]], [, [other]]) => orderOf(one?.part) - orderOf(other?.part))
    .flatMap(([name, own]) => {
      const ys = addTrack(name, own)
      return own.map((bar, index) => ({ ...bar, y: ys[index] ?? top }))
    })
  const extents = events.map(({ x }) => ({ x: x - markSize / 2, width: markSize }))
  const ys = events.length === 0 ? [] : addTrack(course.events, extents)
  const marks = events.map((mark, index) => ({ ...mark, y: (ys[index] ?? top) + barHeight / 2 }))
  const transfers = timed.filter(({ part }) => looks[part.kind].shape === 'curve')
  if (tracks.length === 0) addTrack(course.kinds.transfer, [])
  const curves = placeCurves(transfers, { axis, bars, tracks, course })
  return { axis: { ...axis, width: axis.width + 12 }, height: top + 4, tracks, bars, curves, marks }
}

/** A bar before its track is known. */
function flatBar({ part, span: { fromMs, untilMs } }: TimedPart, axis: TimeAxis): Omit<Bar, 'y'> {
  const x = axis.xOf(fromMs)
  const width = Math.max(barWidthMin, axis.xOf(untilMs) - x)
  const pixelsOf = (seconds: number | null): number =>
    untilMs === fromMs ? 0 : Math.min(width, (Math.max(0, seconds ?? 0) * 1_000 * width) / (untilMs - fromMs))
  // Some platforms count wrap-up within the row of the talk, others after it.
  const ownMs = Math.max(0, part.seconds ?? 0) * 1_000 + Math.max(0, part.acwSeconds ?? 0) * 1_000
  const isWithin = part.kind !== 'wrap_up' && untilMs - fromMs >= ownMs - 1_000
  const wrapWidth = isWithin ? pixelsOf(part.acwSeconds) : 0
  const targetMs = part.targetSeconds === null ? Number.NaN : fromMs + part.targetSeconds * 1_000
  return {
    ...{ part, style: styleOf(part), x, width, wrapWidth },
    heldWidth: Math.min(width - wrapWidth, pixelsOf(part.holdSeconds)),
    targetX: targetMs < untilMs && targetMs >= fromMs ? axis.xOf(targetMs) : null,
  }
}

const trackOrder = ['menu', 'virtual_agent', 'hold_virtual_agent', 'consumer', 'queue']

/** Menu, virtual agents, queue, and then the agents in the order in which they appear. */
function orderOf(part: SessionPart | undefined): number {
  if (part === undefined) return 0
  const place = trackOrder.indexOf(part.kind)
  return place === -1 ? trackOrder.length + (part.agent ?? 0) : place
}
