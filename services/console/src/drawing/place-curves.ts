import type { SessionPart } from '@aftercall/warehouse/console/session-parts'
import { linkHorizontal } from 'd3-shape'
import type { TimedPart } from './part-times.ts'
import { type Course, trackOf } from './part-words.ts'
import { type Bar, barHeight, type Curve, type Track } from './session-drawing.ts'
import type { TimeAxis } from './time-axis.ts'

type Place = { x: number; y: number }
type Drawn = { axis: TimeAxis; bars: readonly Bar[]; tracks: readonly Track[]; course: Course }

/** So that a transfer at once is still a curve. */
const curveWidthMin = 14

const link = linkHorizontal<{ source: Place; target: Place }, Place>()
  .x(({ x }) => Math.round(x * 10) / 10)
  .y(({ y }) => Math.round(y * 10) / 10)

/** A transfer leads from the track of who transferred to the track of what it went to, from when it was asked for to when it was taken. */
export function placeCurves(transfers: readonly TimedPart[], drawn: Drawn): Curve[] {
  return transfers.map(({ part, span }) => {
    const source = {
      x: drawn.axis.xOf(span.fromMs),
      y: heightOf(fromTrack(part, drawn.course), span.fromMs, drawn),
    }
    const arrivedX = drawn.axis.xOf(span.untilMs)
    const end = {
      x: Math.max(arrivedX, source.x + curveWidthMin),
      y: heightOf(toTrack(part, drawn.course), span.untilMs, drawn),
    }
    const path =
      end.y === source.y
        ? `M${source.x},${source.y}Q${(source.x + end.x) / 2},${source.y + barHeight} ${end.x},${end.y}`
        : (link({ source, target: end }) ?? '')
    return { part, path, end }
  })
}

function fromTrack({ agent, virtualAgentId }: SessionPart, course: Course): string {
  if (agent !== null) return course.agent(agent)
  return virtualAgentId === null ? course.kinds.queue : course.virtualAgent(virtualAgentId)
}

function toTrack({ toAgent, toVirtualAgentId }: SessionPart, course: Course): string {
  if (toAgent !== null) return course.agent(toAgent)
  return toVirtualAgentId === null ? course.kinds.queue : course.virtualAgent(toVirtualAgentId)
}

/** The middle of the bar of the track that is nearest in time; of the track, or of the first one, if it has none. */
function heightOf(name: string, ms: number, { bars, tracks, axis, course }: Drawn): number {
  const x = axis.xOf(ms)
  const distance = (bar: Bar): number => Math.max(bar.x - x, x - bar.x - bar.width, 0)
  const nearest = bars
    .filter(({ part }) => trackOf(part, course) === name)
    .reduce<Bar | undefined>(
      (best, bar) => (best === undefined || distance(bar) < distance(best) ? bar : best),
      undefined,
    )
  if (nearest !== undefined) return nearest.y + barHeight / 2
  const track = tracks.find((one) => one.name === name) ?? tracks[0]
  return track === undefined ? 0 : track.top + track.height / 2
}
