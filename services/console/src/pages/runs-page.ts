import type { Answers } from '../answers.ts'
import { ForActors } from '../views/act.ts'
import { html } from '../views/html.ts'
import { BackfillCards, ReconcileTable } from '../views/run-views.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState } from '../views/table.ts'

/** Backfills and reconcile runs: their progress and what they found. */
export function renderRunsPage({ backfills, reconciles }: Answers['runs'], shell: Shell): string {
  const { runs } = shell.texts
  return renderShell(shell, {
    section: 'runs',
    title: runs.title,
    heading: runs.title,
    main: html`
      <div>
        <section aria-labelledby="backfills">
          <h2 id="backfills">${runs.backfills}</h2>
          <${ForActors}><p><a href="/runs/new">${runs.newBackfill}</a></p><//>
          ${
            backfills.length === 0
              ? html`<${EmptyState} title=${runs.noBackfill}>${runs.noBackfillText}<//>`
              : html`<${BackfillCards} runs=${backfills} now=${shell.now} />`
          }
        </section>
        <section aria-labelledby="reconciles">
          <h2 id="reconciles">${runs.reconciles}</h2>
          ${
            reconciles.length === 0
              ? html`<${EmptyState} title=${runs.noReconcile}>${runs.noReconcileText}<//>`
              : html`<${ReconcileTable} runs=${reconciles} now=${shell.now} />`
          }
        </section>
        <p class="more"><a href="/retention">${runs.retention}</a></p>
      </div>
    `,
  })
}
