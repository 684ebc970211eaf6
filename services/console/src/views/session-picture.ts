import { formatDuration } from '@aftercall/operator/format/duration'
import { formatCount } from '@aftercall/operator/format/plural'
import { formatTime } from '@aftercall/operator/format/time'
import type { SessionPart } from '@aftercall/warehouse/console/session-parts'
import { keyOf } from '../drawing/part-times.ts'
import {
  type BarStyle,
  describePart,
  isFailedTransfer,
  lengthOf,
  looks,
  whoOf,
} from '../drawing/part-words.ts'
import {
  type Bar,
  barHeight,
  type Curve,
  type Mark,
  type SessionDrawing,
} from '../drawing/session-drawing.ts'
import type { TimeAxis } from '../drawing/time-axis.ts'
import { html, type View } from './html.ts'

/** A session as a drawing: a track for the menu, the queues, and each agent; curves are transfers. The table beside it has the same rows. */
export function SessionPicture({ drawing }: { drawing: SessionDrawing }): View {
  const { axis, height, tracks, bars, curves, marks } = drawing
  const rows = bars.length + curves.length + marks.length
  return html`
    <figure class="card session-picture">
      <div class="scroll" tabindex="0" role="region" aria-label="Drawing of the session">
        <svg class="session-drawing" width=${axis.width} height=${height} viewBox=${`0 0 ${axis.width} ${height}`} role="img"
          aria-label=${`Timeline of ${formatCount(rows, 'part')} in ${formatCount(tracks.length, 'track')}; the table has the same parts`}>
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
            <title>${`${formatDuration(leftOutMs)} left out`}</title>
            <rect class="cut" x=${x} y="0" width=${width} height=${height} />
            <text class="cut-text" transform=${`translate(${x + width / 2 + 4},${height / 2}) rotate(-90)`}>${formatDuration(leftOutMs)}</text>
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
  const text = lengthOf(part)
  const hasRoom = text.length * letterWidth + 8 <= width - heldWidth - wrapWidth
  return html`
    <g class=${`bar-${style}`} data-part=${keyOf(part)}>
      <title>${titleOf(part)}</title>
      <rect class="fill" x=${round(x)} y=${y} width=${round(width)} height=${barHeight} rx="3" />
      ${heldWidth < 1 ? null : html`<rect class="held" x=${round(x + width - heldWidth - wrapWidth)} y=${y} width=${round(heldWidth)} height=${barHeight} />`}
      ${wrapWidth < 1 ? null : html`<rect class="wrapped" x=${round(x + width - wrapWidth)} y=${y} width=${round(wrapWidth)} height=${barHeight} />`}
      ${targetX === null ? null : html`<line class="target" x1=${round(targetX)} x2=${round(targetX)} y1=${y - 3} y2=${y + barHeight + 3} />`}
      ${hasRoom ? html`<text class="length" x=${round(x + 5)} y=${y + 14}>${text}</text>` : null}
    </g>
  `
}

function CurveView({ curve: { part, path, end } }: { curve: Curve }): View {
  return html`
    <g class=${isFailedTransfer(part) ? 'curve failed-transfer' : 'curve'} data-part=${keyOf(part)}>
      <title>${titleOf(part)}</title>
      <path d=${path} />
      <circle cx=${round(end.x)} cy=${round(end.y)} r="3" />
    </g>
  `
}

function MarkView({ mark: { part, letter, x, y } }: { mark: Mark }): View {
  return html`
    <g class="mark" data-part=${keyOf(part)}>
      <title>${titleOf(part)}</title>
      <circle cx=${round(x)} cy=${y} r="8.5" />
      <text x=${round(x)} y=${y + 4}>${letter}</text>
    </g>
  `
}

function titleOf(part: SessionPart): string {
  const { kind, startedAt, endedAt } = part
  const at = startedAt ?? endedAt
  const name = whoOf(part) === looks[kind].name ? looks[kind].name : `${whoOf(part)}, ${looks[kind].name}`
  return [name, lengthOf(part), at === null ? '' : `from ${formatTime(at)}`, describePart(part)]
    .filter((text) => text !== '')
    .join(', ')
}

const styleNames: Record<BarStyle, string> = {
  menu: 'menu',
  virtual: 'virtual agent',
  wait: 'queue',
  'wait-in': 'queue, within the service level',
  'wait-out': 'queue, over it (dashed: the target)',
  talk: 'talk',
  wrap: 'wrap-up',
  barge: 'barge',
  attempt: 'attempt',
  consumer: 'consumer',
}

/** Only what is drawn. */
function Legend({ drawing: { bars, curves, marks } }: { drawing: SessionDrawing }): View {
  const styles = new Set(bars.map(({ style }) => style))
  const letters = new Map(marks.map(({ part, letter }) => [letter, looks[part.kind].name]))
  const isHeld = bars.some(({ heldWidth }) => heldWidth >= 1)
  return html`
    <figcaption>
      <ul class="legend">
        ${[...styles].map(
          (style) => html`
            <li>
              <svg class=${`swatch bar-${style}`} viewBox="0 0 12 12" aria-hidden="true"><rect class="fill" width="12" height="12" rx="3" /></svg>
              ${styleNames[style]}
            </li>
          `,
        )}
        ${isHeld ? html`<li>lighter at the end: hold, whose time the files do not tell</li>` : null}
        ${curves.length === 0 ? null : html`<li>curve: transfer (dashed: not taken)</li>`}
        ${[...letters].map(([letter, name]) => html`<li><strong>${letter}</strong> ${name.toLowerCase()}</li>`)}
      </ul>
    </figcaption>
  `
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
