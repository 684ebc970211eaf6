import type { Answers } from '../answers.ts'
import { ForActors } from '../views/act.ts'
import { Typed } from '../views/command.ts'
import { html } from '../views/html.ts'
import { BackfillCards, ReconcileTable } from '../views/run-views.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState } from '../views/table.ts'

/** Backfills and reconcile runs: their progress and what they found. */
export function renderRunsPage({ backfills, reconciles }: Answers['runs'], shell: Shell): string {
  return renderShell(shell, {
    section: 'runs',
    title: 'Runs',
    heading: 'Runs',
    main: html`
      <div>
        <section aria-labelledby="backfills">
          <h2 id="backfills">Backfills</h2>
          <${ForActors}><p><a href="/runs/new">New backfill…</a></p><//>
          ${
            backfills.length === 0
              ? html`<${EmptyState} title="No backfill yet">
                  Backfills appear here while they run and afterwards: <code><${Typed} text="aftercall backfill --source NAME" /></code>
                <//>`
              : html`<${BackfillCards} runs=${backfills} now=${shell.now} />`
          }
        </section>
        <section aria-labelledby="reconciles">
          <h2 id="reconciles">Reconcile runs</h2>
          ${
            reconciles.length === 0
              ? html`<${EmptyState} title="No reconcile run yet">
                  Reconcile runs appear here, both scheduled ones and those of <code><${Typed} text="aftercall reconcile --source NAME" /></code>.
                <//>`
              : html`<${ReconcileTable} runs=${reconciles} now=${shell.now} />`
          }
        </section>
        <p class="more"><a href="/retention">What maintenance keeps, and for how long</a></p>
      </div>
    `,
  })
}
