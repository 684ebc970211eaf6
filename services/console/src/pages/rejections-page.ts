import type { OpenRejectionGroup } from '@aftercall/warehouse/console/rejection-groups'
import type { Answers } from '../answers.ts'
import { useTexts } from '../texts/texts-of.ts'
import { Command } from '../views/command.ts'
import { html, type View, type Views } from '../views/html.ts'
import { rejectionGroupPath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { Ago } from '../views/when.ts'

/** Open rejections by code, with what each code means and what to do. */
export function renderRejectionsPage({ source, groups }: Answers['rejections'], shell: Shell): string {
  const { rejections: words } = shell.texts
  return renderShell(shell, {
    section: 'rejections',
    title: words.title,
    heading: source === null ? words.title : words.titleOf(source),
    main: html`
      <div>
        <p class="lead">${words.lead}</p>
        ${source === null ? null : html`<p><a href="/rejections">${words.ofAllSources}</a></p>`}
        ${
          groups.length === 0
            ? html`<${EmptyState} title=${words.nothing}>${words.nothingText}<//>`
            : html`<${GroupTable} groups=${groups} source=${source} now=${shell.now} />`
        }
        ${groups.length === 0 ? null : html`<${ReplayAll} source=${source} />`}
      </div>
    `,
  })
}

type GroupProps = { groups: readonly OpenRejectionGroup[]; source: string | null; now: Date }

function GroupTable({ groups, source, now }: GroupProps): View {
  const { rejections: words, rejection, common, formats } = useTexts()
  return html`
    <${Table}
      caption=${words.caption}
      columns=${[words.reason, { name: words.open, isNumber: true }, words.toDo, words.sources, words.firstSeen, words.lastSeen]}
      rows=${groups.map(({ code, open, firstSeenAt, lastSeenAt, sources }): Views[] => [
        html`<span><a href=${rejectionGroupPath(code, { source })}><code>${code}</code></a><span class="note">${rejection.note(code)?.meaning}</span></span>`,
        formats.bounded(open),
        rejection.note(code)?.toDo ?? words.lookAtEach,
        sources.length === 0
          ? common.none
          : html`<span>${sources.map((one, index) => html`<span>${index === 0 ? '' : formats.comma}<a href=${rejectionGroupPath(code, { source: one })}>${one}</a></span>`)}</span>`,
        html`<${Ago} at=${firstSeenAt} now=${now} />`,
        html`<${Ago} at=${lastSeenAt} now=${now} />`,
      ])}
    />
  `
}

function ReplayAll({ source }: { source: string | null }): View {
  const { rejections: words } = useTexts()
  return html`
    <section aria-labelledby="replay">
      <h2 id="replay">${words.repaired}</h2>
      <p>${words.repairedText}</p>
      <${Command} text=${`aftercall replay --rejected${source === null ? '' : ` --source ${source}`}`} />
    </section>
  `
}
