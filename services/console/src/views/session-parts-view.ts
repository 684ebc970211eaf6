import type { SessionPart, SessionParts } from '@aftercall/warehouse/console/session-parts'
import { layOutSession } from '../drawing/lay-out-session.ts'
import { describePart, lengthOf, whoOf } from '../drawing/part-words.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View, type Views } from './html.ts'
import { SessionPicture } from './session-picture.ts'
import { Table } from './table.ts'
import { When } from './when.ts'

/** What happened in a session: as a drawing and as a table with the same parts. */
export function SessionPartsView({ session }: { session: SessionParts }): View {
  const { summary, parts, hasMore } = session
  const { course } = useTexts()
  const drawing = layOutSession(parts, course)
  const words = [
    ...(summary?.sessionType ? [course.sessionType(summary.sessionType)] : []),
    ...(summary?.outcome ? [course.word(summary.outcome)] : []),
    course.parts(parts.length),
  ]
  return html`
    <section aria-labelledby="course">
      <h2 id="course">${course.title}</h2>
      <p class="soft">${words.join(' · ')}</p>
      ${hasMore ? html`<p>${course.more(parts.length)}</p>` : null}
      <div class="session-parts">
        ${drawing === null ? null : html`<${SessionPicture} drawing=${drawing} />`}
        ${parts.length === 0 ? html`<p class="soft">${course.nothing}</p>` : html`<${PartTable} parts=${parts} />`}
      </div>
    </section>
  `
}

function PartTable({ parts }: { parts: readonly SessionPart[] }): View {
  const timeless = parts.filter(({ startedAt, endedAt }) => startedAt === null && endedAt === null).length
  const { course, common } = useTexts()
  return html`
    <${Table}
      caption=${course.caption(timeless)}
      columns=${[course.part, course.who, course.from, course.to, { name: course.length, isNumber: true }, common.details]}
      rows=${parts.map((part): Views[] => [
        course.kinds[part.kind],
        whoOf(part, course) === course.kinds[part.kind] ? '' : whoOf(part, course),
        html`<${When} at=${part.startedAt} />`,
        part.endedAt === null ? '' : html`<${When} at=${part.endedAt} />`,
        lengthOf(part, course),
        describePart(part, course),
      ])}
    />
  `
}
