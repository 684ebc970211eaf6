import { formatCount } from '@aftercall/operator/format/plural'
import type { SessionPart, SessionParts } from '@aftercall/warehouse/console/session-parts'
import { layOutSession } from '../drawing/lay-out-session.ts'
import { describePart, lengthOf, looks, whoOf } from '../drawing/part-words.ts'
import { html, type View, type Views } from './html.ts'
import { SessionPicture } from './session-picture.ts'
import { Table } from './table.ts'
import { When } from './when.ts'

/** What happened in a session: as a drawing and as a table with the same parts. */
export function SessionPartsView({ session }: { session: SessionParts }): View {
  const { summary, parts, hasMore } = session
  const drawing = layOutSession(parts)
  const words = [
    ...(summary?.sessionType ? [summary.sessionType] : []),
    ...(summary?.outcome ? [summary.outcome.replaceAll('_', ' ')] : []),
    formatCount(parts.length, 'part'),
  ]
  return html`
    <section aria-labelledby="course">
      <h2 id="course">Course of the session</h2>
      <p class="soft">${words.join(' · ')}</p>
      ${hasMore ? html`<p>It has more parts than a page can hold; the first ${formatCount(parts.length, 'part is', 'parts are')} shown.</p>` : null}
      <div class="session-parts">
        ${drawing === null ? null : html`<${SessionPicture} drawing=${drawing} />`}
        ${parts.length === 0 ? html`<p class="soft">The document says nothing about menus, queues, agents, or transfers.</p>` : html`<${PartTable} parts=${parts} />`}
      </div>
    </section>
  `
}

function PartTable({ parts }: { parts: readonly SessionPart[] }): View {
  const timeless = parts.filter(({ startedAt, endedAt }) => startedAt === null && endedAt === null).length
  const caption =
    timeless === 0
      ? 'In the order of time'
      : `In the order of time; ${formatCount(timeless, 'part has', 'parts have')} no time and cannot be drawn`
  return html`
    <${Table}
      caption=${caption}
      columns=${['Part', 'Who', 'From', 'To', { name: 'Length', isNumber: true }, 'Details']}
      rows=${parts.map((part): Views[] => [
        looks[part.kind].name,
        whoOf(part) === looks[part.kind].name ? '' : whoOf(part),
        html`<${When} at=${part.startedAt} />`,
        part.endedAt === null ? '' : html`<${When} at=${part.endedAt} />`,
        lengthOf(part),
        describePart(part),
      ])}
    />
  `
}
