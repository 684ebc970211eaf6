import { failureNote } from '@aftercall/ingest/failure-codes'
import type { OpenRejectionGroup } from '@aftercall/warehouse/console/rejection-groups'
import type { Answers } from '../answers.ts'
import { formatBounded } from './bounded-count.ts'
import { Command } from './command.ts'
import { EmptyState } from './empty-state.ts'
import { html, type View, type Views } from './html.ts'
import { rejectionGroupPath } from './page-paths.ts'
import { renderShell, type Shell } from './shell.ts'
import { Table } from './table.ts'
import { Ago } from './when.ts'

/** What cannot be used, by reason, with what each reason means and what to do about it. */
export function renderRejectionsPage({ groups }: Answers['rejections'], shell: Shell): string {
  return renderShell(shell, {
    section: 'rejections',
    title: 'Rejections',
    heading: 'Rejections',
    main: html`
      <div>
        <p class="lead">
          Objects and messages that cannot be used as they are. Trying again does not help; each is kept with its reason
          until it was taken again or put aside.
        </p>
        ${
          groups.length === 0
            ? html`<${EmptyState} title="Nothing is rejected">
                What cannot be used will appear here by its reason, with what to do about it.
              <//>`
            : html`<${GroupTable} groups=${groups} now=${shell.now} />`
        }
        ${groups.length === 0 ? null : html`<${TakeAgain} />`}
      </div>
    `,
  })
}

function GroupTable({ groups, now }: { groups: readonly OpenRejectionGroup[]; now: Date }): View {
  return html`
    <${Table}
      caption="Open rejections by reason"
      columns=${['Reason', { name: 'Open', isNumber: true }, 'To do', 'Sources', 'First seen', 'Last seen']}
      rows=${groups.map(({ code, open, firstSeenAt, lastSeenAt, sources }): Views[] => [
        html`<span><a href=${rejectionGroupPath(code)}><code>${code}</code></a><span class="note">${failureNote(code)?.meaning}</span></span>`,
        formatBounded(open),
        failureNote(code)?.toDo ?? 'look at the reason of each',
        sources.join(', ') || 'none',
        html`<${Ago} at=${firstSeenAt} now=${now} />`,
        html`<${Ago} at=${lastSeenAt} now=${now} />`,
      ])}
    />
  `
}

function TakeAgain(): View {
  return html`
    <section aria-labelledby="again">
      <h2 id="again">When the cause is gone</h2>
      <p>This takes everything that is rejected again. What is still unusable stays here.</p>
      <${Command} text="aftercall replay --rejected" />
    </section>
  `
}
