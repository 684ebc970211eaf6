import type { Answers } from '../answers.ts'
import { ForActors } from '../views/act.ts'
import { html, type View } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState } from '../views/table.ts'

/** What to load. The first step is the estimate with its bill; the page of that action offers to load. */
export function renderNewBackfillPage({ sources }: Answers['newBackfill'], shell: Shell): string {
  const mayAct = shell.viewer?.kind === 'actor'
  return renderShell(shell, {
    section: 'runs',
    title: 'New backfill',
    heading: 'New backfill',
    main: html`
      <div data-still>
        <p class="lead">First a worker counts what there is to load and estimates what it costs. You decide then.</p>
        ${
          mayAct && sources.length > 0
            ? html`<${ForActors}><${BackfillForm} sources=${sources} /><//>`
            : html`<${EmptyState} title=${mayAct ? 'No source has been seen yet' : 'You may only read here'}>The bottom of the page says who may act.<//>`
        }
      </div>
    `,
  })
}

function BackfillForm({ sources }: { sources: readonly string[] }): View {
  return html`
    <form class="confirm" method="post" action="/confirm">
      <input type="hidden" name="kind" value="backfill" />
      <input type="hidden" name="dryRun" value="on" />
      <p>
        <label for="source">Source</label>
        <select id="source" name="source">${sources.map((name) => html`<option>${name}</option>`)}</select>
      </p>
      <p>
        <label for="prefix">Only keys that begin with (empty: the prefix of the source)</label>
        <input id="prefix" name="prefix" maxlength="1024" autocomplete="off" />
      </p>
      <p><label for="since">From this day on</label><input id="since" name="since" type="date" /></p>
      <p><label for="until">Before this day</label><input id="until" name="until" type="date" /></p>
      <p>
        <label for="maxRate">Objects per second at most (empty: as many as the store and live traffic allow)</label>
        <input id="maxRate" name="maxRate" inputmode="numeric" pattern="[0-9]*" autocomplete="off" />
      </p>
      <button>Estimate</button>
    </form>
  `
}
