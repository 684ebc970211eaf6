import type { Action } from '@aftercall/warehouse/actions/action'
import { factsOfAction } from '../actions/read-given.ts'
import type { Answers } from '../answers.ts'
import { useTexts } from '../texts/texts-of.ts'
import { ActButton } from '../views/act.ts'
import { actionTone, formatActionCounts } from '../views/action-words.ts'
import { html, type View, type Views } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { ToneBadge } from '../views/tone.ts'
import { Ago } from '../views/when.ts'

/** Who asked for what, and how it ended: the newest first. */
export function renderActionsPage({ actions, next }: Answers['actions'], shell: Shell): string {
  const words = shell.texts.actions
  return renderShell(shell, {
    section: 'actions',
    follow: 'actions',
    title: words.title,
    heading: words.title,
    main: html`
      <div>
        <p class="lead">${words.lead}</p>
        ${
          actions.length === 0
            ? html`<${EmptyState} title=${words.none}>${words.noneText}<//>`
            : html`<${ActionTable} actions=${actions} now=${shell.now} />`
        }
        ${next === null ? null : html`<p class="more"><a href=${`/actions?before=${next}`}>${words.older}</a></p>`}
        <div class="acts">
          <${ActButton} label=${words.maintain} fields=${{ kind: 'maintain' }} />
        </div>
      </div>
    `,
  })
}

function ActionTable({ actions, now }: { actions: readonly Action[]; now: Date }): View {
  const texts = useTexts()
  const words = texts.actions
  return html`
    <${Table}
      caption=${texts.runs.newestFirst}
      columns=${[words.action, words.state, words.askedBy, words.confirmed, words.soFar, words.asked]}
      keys=${actions.map(({ id }) => `action-${id}`)}
      rows=${actions.map((action): Views[] => [
        html`<a href=${`/actions/${action.id}`}>${`${action.id}${texts.common.colon}${words.describe(factsOfAction(action))}`}</a>`,
        html`<${ToneBadge} tone=${actionTone[action.state]}>${words.states[action.state]}<//>`,
        action.askedBy,
        action.confirmedCount === null ? '–' : String(action.confirmedCount),
        html`<span>${formatActionCounts(action.counts, texts) || texts.common.nothing}${action.error === null ? null : html`<span class="note" lang="en">${action.error}</span>`}</span>`,
        html`<${Ago} at=${action.askedAt} now=${now} />`,
      ])}
    />
  `
}
