import { formatTime } from '@aftercall/operator/format/time'
import type { SessionPart } from '@aftercall/warehouse/console/session-parts'
import { keyOf } from '../drawing/part-times.ts'
import { type Course, describePart, isFailedTransfer, lengthOf, whoOf } from '../drawing/part-words.ts'
import {
  type Bar,
  barHeight,
  type Curve,
  type Mark,
  type SessionDrawing,
} from '../drawing/session-drawing.ts'
import type { TimeAxis } from '../drawing/time-axis.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View } from './html.ts'

/** A session as a drawing: a track for the menu, the queues, and each agent; curves are transfers. The table beside it has the same rows. */
export function SessionPicture({ drawing }: { drawing: SessionDrawing }): View {
  const { axis, height, tracks, bars, curves, marks } = drawing
  const { course } = useTexts()
  const rows = bars.length + curves.length + marks.length
  return html`
    <figure class="card session-picture">
      <div class="scroll" tabindex="0" role="region" aria-label=${course.drawing}>
        <svg class="session-drawing" width=${axis.width} height=${height} viewBox=${`0 0 ${axis.width} ${height}`} role="img"
          aria-label=${course.drawingLabel(rows, tracks.length)}>
          <${Grid} axis=${axis} height=${height} />
          ${tracks.map(
            ({ name, top, height: own }) => html`
              <g>
                <line class="grid" x1="0" x2=${axis.width} y1=${top + own} y2=${top + own} />
                <text class="track" x="0" y=${top + own / 2 + 4}>${name}</text>
              </g>
            `,
          )}
          ${bars.map((bar) => html`<${BarView} bar=${bar} />`)}
          ${curves.map((curve) => html`<${CurveView} curve=${curve} />`)}
          ${marks.map((mark) => html`<${MarkView} mark=${mark} />`)}
        </svg>
      </div>
      <${Legend} drawing=${drawing} />
    </figure>
  `
}

function Grid({ axis, height }: { axis: TimeAxis; height: number }): View {
  const { course, formats } = useTexts()
  return html`
    <g>
      ${axis.ticks.map(
        ({ x, at, show }) => html`
          <g>
            <line class="grid" x1=${x} x2=${x} y1="26" y2=${height} />
            <text class="tick" x=${x} y="16" data-show=${show} data-at=${at.toISOString()}>${tickText(at, show)}</text>
          </g>
        `,
      )}
      ${axis.cuts.map(
        ({ x, width, leftOutMs }) => html`
          <g>
            <title>${course.leftOut(formats.duration(leftOutMs))}</title>
            <rect class="cut" x=${x} y="0" width=${width} height=${height} />
            <text class="cut-text" transform=${`translate(${x + width / 2 + 4},${height / 2}) rotate(-90)`}>${formats.duration(leftOutMs)}</text>
          </g>
        `,
      )}
    </g>
  `
}

/** In UTC; the script writes them in the zone of the page. */
function tickText(at: Date, show: 'second' | 'minute' | 'day'): string {
  const text = at.toISOString()
  switch (show) {
    case 'second':
      return text.slice(11, 19)
    case 'minute':
      return text.slice(11, 16)
    case 'day':
      return `${text.slice(5, 10)} ${text.slice(11, 16)}`
  }
}

/** A letter of the text in the bar needs about so much. */
const letterWidth = 7.2

function BarView({ bar }: { bar: Bar }): View {
  const { part, style, x, y, width, heldWidth, wrapWidth, targetX } = bar
  const { course } = useTexts()
  const text = lengthOf(part, course)
  const hasRoom = text.length * letterWidth + 8 <= width - heldWidth - wrapWidth
  return html`
    <g class=${`bar-${style}`} data-part=${keyOf(part)}>
      <title>${titleOf(part, course)}</title>
      <rect class="fill" x=${round(x)} y=${y} width=${round(width)} height=${barHeight} rx="3" />
      ${heldWidth < 1 ? null : html`<rect class="held" x=${round(x + width - heldWidth - wrapWidth)} y=${y} width=${round(heldWidth)} height=${barHeight} />`}
      ${wrapWidth < 1 ? null : html`<rect class="wrapped" x=${round(x + width - wrapWidth)} y=${y} width=${round(wrapWidth)} height=${barHeight} />`}
      ${targetX === null ? null : html`<line class="target" x1=${round(targetX)} x2=${round(targetX)} y1=${y - 3} y2=${y + barHeight + 3} />`}
      ${hasRoom ? html`<text class="length" x=${round(x + 5)} y=${y + 14}>${text}</text>` : null}
    </g>
  `
}

function CurveView({ curve: { part, path, end } }: { curve: Curve }): View {
  const { course } = useTexts()
  return html`
    <g class=${isFailedTransfer(part) ? 'curve failed-transfer' : 'curve'} data-part=${keyOf(part)}>
      <title>${titleOf(part, course)}</title>
      <path d=${path} />
      <circle cx=${round(end.x)} cy=${round(end.y)} r="3" />
    </g>
  `
}

function MarkView({ mark: { part, letter, x, y } }: { mark: Mark }): View {
  const { course } = useTexts()
  return html`
    <g class="mark" data-part=${keyOf(part)}>
      <title>${titleOf(part, course)}</title>
      <circle cx=${round(x)} cy=${y} r="8.5" />
      <text x=${round(x)} y=${y + 4}>${letter}</text>
    </g>
  `
}

function titleOf(part: SessionPart, course: Course): string {
  const { kind, startedAt, endedAt } = part
  const at = startedAt ?? endedAt
  const who = whoOf(part, course)
  const name = course.kinds[kind]
  const from = at === null ? '' : course.fromTime(formatTime(at))
  return [who === name ? '' : who, name, lengthOf(part, course), from, describePart(part, course)]
    .filter((text) => text !== '')
    .join(course.comma)
}

/** Only what is drawn. */
function Legend({ drawing: { bars, curves, marks } }: { drawing: SessionDrawing }): View {
  const { course } = useTexts()
  const styles = new Set(bars.map(({ style }) => style))
  const letters = new Map(marks.map(({ part, letter }) => [letter, course.kinds[part.kind]]))
  const isHeld = bars.some(({ heldWidth }) => heldWidth >= 1)
  return html`
    <figcaption>
      <ul class="legend">
        ${[...styles].map(
          (style) => html`
            <li>
              <svg class=${`swatch bar-${style}`} viewBox="0 0 12 12" aria-hidden="true"><rect class="fill" width="12" height="12" rx="3" /></svg>
              ${course.styles[style]}
            </li>
          `,
        )}
        ${isHeld ? html`<li>${course.held}</li>` : null}
        ${curves.length === 0 ? null : html`<li>${course.curve}</li>`}
        ${[...letters].map(([letter, name]) => html`<li><strong>${letter}</strong> ${name.toLowerCase()}</li>`)}
      </ul>
    </figcaption>
  `
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
