import type { SessionPart } from '@aftercall/warehouse/console/session-parts'
import type { BarStyle } from './bar-style.ts'
import type { TimeAxis } from './time-axis.ts'

export type Track = { name: string; top: number; height: number }

export type Bar = {
  part: SessionPart
  style: BarStyle
  x: number
  y: number
  width: number
  /** At the end of the bar: hold and wrap-up within it. Files do not say when the consumer was on hold. */
  heldWidth: number
  wrapWidth: number
  /** Where the wait exceeded what the service level allows; null if it did not. */
  targetX: number | null
}

export type Curve = { part: SessionPart; path: string; end: { x: number; y: number } }

/** `x` and `y` are of its center. */
export type Mark = { part: SessionPart; letter: string; x: number; y: number }

/** Everything in pixels. Each part with a time is exactly one bar, curve, or mark. */
export type SessionDrawing = {
  axis: TimeAxis
  height: number
  tracks: Track[]
  bars: Bar[]
  curves: Curve[]
  marks: Mark[]
}

export const barHeight = 20
export const markSize = 18
