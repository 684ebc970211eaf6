import type { BackfillProgress, ReconcileProgress } from '@aftercall/warehouse/console/runs'
import { counted, formatNumber } from '@aftercall/warehouse/console/tell-amount'
import type { Answers } from '../answers.ts'
import { Command } from './command.ts'
import { EmptyState } from './empty-state.ts'
import { Figures } from './figures.ts'
import { formatDuration, formatShare } from './format-number.ts'
import { html, type View, type Views } from './html.ts'
import { renderShell, type Shell } from './shell.ts'
import { Table } from './table.ts'
import type { Tone } from './tone.ts'
import { ToneBadge } from './tone-badge.ts'
import { Typed } from './typed.ts'
import { Ago } from './when.ts'

/** Loads in bulk, and comparisons of bucket and ledger: how far they are and what they found. */
export function renderRunsPage({ backfills, reconciles }: Answers['runs'], shell: Shell): string {
  return renderShell(shell, {
    section: 'runs',
    title: 'Runs',
    heading: 'Runs',
    main: html`
      <div>
        <section aria-labelledby="backfills">
          <h2 id="backfills">Backfills</h2>
          ${
            backfills.length === 0
              ? html`<${EmptyState} title="Nothing was loaded in bulk yet">
                  What <code><${Typed} text="aftercall backfill --source NAME" /></code> does is shown here while it runs and after.
                <//>`
              : html`<div class="cards">${backfills.map((run) => html`<${BackfillCard} run=${run} now=${shell.now} />`)}</div>`
          }
        </section>
        <section aria-labelledby="reconciles">
          <h2 id="reconciles">Comparisons of bucket and ledger</h2>
          ${
            reconciles.length === 0
              ? html`<${EmptyState} title="Nothing was compared yet">
                  Each comparison appears here: those of <code><${Typed} text="aftercall reconcile --source NAME" /></code>, and by itself
                  where <code>reconcile.every</code> is set.
                <//>`
              : html`<${ReconcileTable} runs=${reconciles} now=${shell.now} />`
          }
        </section>
      </div>
    `,
  })
}

const backfillTone: Record<BackfillProgress['state'], Tone> = {
  running: 'plain',
  paused: 'warn',
  done: 'good',
}

function BackfillCard({ run, now }: { run: BackfillProgress; now: Date }): View {
  const { runId, source, state, partsDone, parts, objects, objectsPerSecond, startedAt, updatedAt, endedAt } =
    run
  const tookMs = (endedAt ?? updatedAt).getTime() - startedAt.getTime()
  return html`
    <article class="card">
      <div class="card-heading">
        <h3>Run ${runId}: ${source}</h3>
        <${ToneBadge} tone=${backfillTone[state]}>${state}<//>
      </div>
      <p class="note">${`s3://${run.bucket}/${run.prefix}, ${run.via === 'queue' ? 'by the queue' : 'directly'}, on ${run.host}`}</p>
      <progress value=${partsDone} max=${Math.max(1, parts)} aria-label=${`Parts done of run ${runId}`}></progress>
      <p class="note">${formatNumber(partsDone)} of ${counted(parts, 'part')} done, ${formatShare(parts === 0 ? 0 : partsDone / parts)}</p>
      <${Figures}
        figures=${[
          { name: 'Objects', value: formatNumber(objects), note: formatCounts(run.counts) },
          {
            name: 'Rate',
            value: objectsPerSecond === null ? 'not known yet' : `${formatNumber(objectsPerSecond)} a second`,
          },
          { name: endedAt === null ? 'Under way for' : 'Took', value: formatDuration(tookMs) },
          { name: 'Last progress', value: html`<${Ago} at=${updatedAt} now=${now} />` },
        ]}
      />
      ${state === 'paused' ? html`<p class="more">No process works on it. To go on where it stopped:</p>` : null}
      ${state === 'paused' ? html`<${Command} text=${`aftercall backfill --resume ${runId}`} />` : null}
    </article>
  `
}

const reconcileTone: Record<ReconcileProgress['state'], Tone> = {
  running: 'plain',
  done: 'good',
  stopped: 'warn',
  failed: 'bad',
}
const purposes: Record<ReconcileProgress['purpose'], string> = {
  command: 'by command',
  schedule: 'by schedule',
  poll: 'polled',
}

function ReconcileTable({ runs, now }: { runs: readonly ReconcileProgress[]; now: Date }): View {
  return html`
    <${Table}
      caption="The newest first"
      columns=${['Source', 'State', 'Found', 'Began', 'Took']}
      rows=${runs.map((run): Views[] => [
        html`<span>${run.source}<span class="note">${purposes[run.purpose]}, on ${run.host}</span></span>`,
        html`<${ToneBadge} tone=${reconcileTone[run.state]}>${run.state}<//>`,
        html`<span>${formatCounts(run.counts) || (run.state === 'running' ? 'nothing yet' : 'nothing')}${run.error === null ? null : html`<span class="note">${run.error}</span>`}</span>`,
        html`<${Ago} at=${run.startedAt} now=${now} />`,
        formatDuration((run.endedAt ?? now).getTime() - run.startedAt.getTime()),
      ])}
    />
  `
}

function formatCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${formatNumber(count)} ${name}`)
    .join(', ')
}
