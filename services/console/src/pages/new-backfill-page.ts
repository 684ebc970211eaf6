import type { Answers } from '../answers.ts'
import { useTexts } from '../texts/texts-of.ts'
import { ForActors } from '../views/act.ts'
import { html, type View } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState } from '../views/table.ts'

/** What to load. The first step is the estimate with its bill; the page of that action offers to load. */
export function renderNewBackfillPage({ sources }: Answers['newBackfill'], shell: Shell): string {
  const words = shell.texts.newBackfill
  const mayAct = shell.viewer?.kind === 'actor'
  return renderShell(shell, {
    section: 'runs',
    title: words.title,
    heading: words.title,
    main: html`
      <div data-still>
        <p class="lead">${words.lead}</p>
        ${
          mayAct && sources.length > 0
            ? html`<${ForActors}><${BackfillForm} sources=${sources} /><//>`
            : html`<${EmptyState} title=${mayAct ? shell.texts.overview.noSource : words.mayOnlyRead}>${words.whoMayAct}<//>`
        }
      </div>
    `,
  })
}

function BackfillForm({ sources }: { sources: readonly string[] }): View {
  const { newBackfill: words, common } = useTexts()
  return html`
    <form class="confirm" method="post" action="/confirm">
      <input type="hidden" name="kind" value="backfill" />
      <input type="hidden" name="dryRun" value="on" />
      <p>
        <label for="source">${common.source}</label>
        <select id="source" name="source">${sources.map((name) => html`<option>${name}</option>`)}</select>
      </p>
      <p>
        <label for="prefix">${words.prefix}</label>
        <input id="prefix" name="prefix" maxlength="1024" autocomplete="off" />
      </p>
      <p><label for="since">${words.since}</label><input id="since" name="since" type="date" /></p>
      <p><label for="until">${words.until}</label><input id="until" name="until" type="date" /></p>
      <p>
        <label for="maxRate">${words.maxRate}</label>
        <input id="maxRate" name="maxRate" inputmode="numeric" pattern="[0-9]*" autocomplete="off" />
      </p>
      <button>${words.estimate}</button>
    </form>
  `
}
