import type { Action } from '@aftercall/warehouse/actions/action'
import type { Answers } from '../answers.ts'
import { ActButton } from '../views/act.ts'
import { actionTone, describeAction, formatActionCounts } from '../views/action-words.ts'
import { html, type View, type Views } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { ToneBadge } from '../views/tone.ts'
import { Ago } from '../views/when.ts'

/** Who asked for what, and how it ended: the newest first. */
export function renderActionsPage({ actions, next }: Answers['actions'], shell: Shell): string {
  return renderShell(shell, {
    section: 'actions',
    follow: 'actions',
    title: 'Actions',
    heading: 'Actions',
    main: html`
      <div>
        <p class="lead">What people asked the workers to do, by whom, and how it ended.</p>
        ${
          actions.length === 0
            ? html`<${EmptyState} title="No action yet">Actions appear here when someone asks for them on a page of this console or with <code>--via worker</code>.<//>`
            : html`<${ActionTable} actions=${actions} now=${shell.now} />`
        }
        ${next === null ? null : html`<p class="more"><a href=${`/actions?before=${next}`}>Older actions</a></p>`}
        <div class="acts">
          <${ActButton} label="Maintain the database…" fields=${{ kind: 'maintain' }} />
        </div>
      </div>
    `,
  })
}

function ActionTable({ actions, now }: { actions: readonly Action[]; now: Date }): View {
  return html`
    <${Table}
      caption="The newest are first"
      columns=${['Action', 'State', 'Asked by', 'Confirmed', 'So far', 'Asked']}
      keys=${actions.map(({ id }) => `action-${id}`)}
      rows=${actions.map((action): Views[] => [
        html`<a href=${`/actions/${action.id}`}>${`${action.id}: ${describeAction(action)}`}</a>`,
        html`<${ToneBadge} tone=${actionTone[action.state]}>${action.state}<//>`,
        action.askedBy,
        action.confirmedCount === null ? '–' : String(action.confirmedCount),
        html`<span>${formatActionCounts(action.counts) || 'nothing'}${action.error === null ? null : html`<span class="note">${action.error}</span>`}</span>`,
        html`<${Ago} at=${action.askedAt} now=${now} />`,
      ])}
    />
  `
}
