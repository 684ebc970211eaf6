import { failureNote } from '@aftercall/operator/failure-codes/failure-note'
import { formatBounded } from '@aftercall/operator/format/number'
import type { OpenRejectionGroup } from '@aftercall/warehouse/console/rejection-groups'
import type { Answers } from '../answers.ts'
import { Command } from '../views/command.ts'
import { html, type View, type Views } from '../views/html.ts'
import { rejectionGroupPath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { Ago } from '../views/when.ts'

/** Open rejections by code, with what each code means and what to do. */
export function renderRejectionsPage({ source, groups }: Answers['rejections'], shell: Shell): string {
  return renderShell(shell, {
    section: 'rejections',
    title: 'Rejections',
    heading: source === null ? 'Rejections' : `Rejections of ${source}`,
    main: html`
      <div>
        <p class="lead">
          Objects and messages that cannot be used as they are. Trying again does not help. Each is kept with its reason
          until it is replayed or ignored.
        </p>
        ${source === null ? null : html`<p><a href="/rejections">Rejections of all sources</a></p>`}
        ${
          groups.length === 0
            ? html`<${EmptyState} title="Nothing is rejected">
                Rejections appear here by reason, with what to do about them.
              <//>`
            : html`<${GroupTable} groups=${groups} source=${source} now=${shell.now} />`
        }
        ${groups.length === 0 ? null : html`<${ReplayAll} source=${source} />`}
      </div>
    `,
  })
}

type GroupProps = { groups: readonly OpenRejectionGroup[]; source: string | null; now: Date }

function GroupTable({ groups, source, now }: GroupProps): View {
  return html`
    <${Table}
      caption="Open rejections by reason"
      columns=${['Reason', { name: 'Open', isNumber: true }, 'To do', 'Sources', 'First seen', 'Last seen']}
      rows=${groups.map(({ code, open, firstSeenAt, lastSeenAt, sources }): Views[] => [
        html`<span><a href=${rejectionGroupPath(code, { source })}><code>${code}</code></a><span class="note">${failureNote(code)?.meaning}</span></span>`,
        formatBounded(open),
        failureNote(code)?.toDo ?? 'look at the reason of each rejection',
        sources.length === 0
          ? 'none'
          : html`<span>${sources.map((one, index) => html`<span>${index === 0 ? '' : ', '}<a href=${rejectionGroupPath(code, { source: one })}>${one}</a></span>`)}</span>`,
        html`<${Ago} at=${firstSeenAt} now=${now} />`,
        html`<${Ago} at=${lastSeenAt} now=${now} />`,
      ])}
    />
  `
}

function ReplayAll({ source }: { source: string | null }): View {
  return html`
    <section aria-labelledby="replay">
      <h2 id="replay">When the cause is repaired</h2>
      <p>This command replays all of them. What still cannot be used stays here.</p>
      <${Command} text=${`aftercall replay --rejected${source === null ? '' : ` --source ${source}`}`} />
    </section>
  `
}
