import { backfillShare } from '@aftercall/operator/backfill-share'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber, formatShare } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { BackfillProgress, ReconcileProgress } from '@aftercall/warehouse/console/runs'
import { ActButton } from './act.ts'
import { Command } from './command.ts'
import { Figures } from './figures.ts'
import { html, type View, type Views } from './html.ts'
import { sourcePath } from './page-paths.ts'
import { Table } from './table.ts'
import { type Tone, ToneBadge } from './tone.ts'
import { Ago } from './when.ts'

type BackfillProps = { runs: readonly BackfillProgress[]; now: Date }

export function BackfillCards({ runs, now }: BackfillProps): View {
  return html`<div class="cards">${runs.map((run) => html`<${BackfillCard} run=${run} now=${now} />`)}</div>`
}

const backfillTone: Record<BackfillProgress['state'], Tone> = {
  running: 'plain',
  paused: 'warn',
  done: 'good',
}

function BackfillCard({ run, now }: { run: BackfillProgress; now: Date }): View {
  const { runId, source, state, partsDone, parts, objects, objectsPerSecond, startedAt, updatedAt, endedAt } =
    run
  const share = backfillShare(run)
  const tookMs = (endedAt ?? updatedAt).getTime() - startedAt.getTime()
  return html`
    <article class="card">
      <div class="card-heading">
        <h3>Run ${runId}: <a href=${sourcePath(source)}>${source}</a></h3>
        <${ToneBadge} tone=${backfillTone[state]}>${state}<//>
      </div>
      <p class="note">${`s3://${run.bucket}/${run.prefix}, ${run.via === 'queue' ? 'through the queue' : 'directly'}, on ${run.host}`}</p>
      <progress value=${share} max="1" aria-label=${`Progress of run ${runId}`}></progress>
      <p class="note">${`${formatShare(share)}: ${formatNumber(objects)} of ${formatCount(run.listed, 'listed object')}, ${formatNumber(partsDone)} of ${formatCount(parts, 'shard')}${leftWords(run)}`}</p>
      <${Figures}
        figures=${[
          { name: 'Objects', value: formatNumber(objects), note: formatCounts(run.counts) },
          {
            name: 'Rate',
            value: objectsPerSecond === null ? 'unknown' : `${formatNumber(objectsPerSecond)} per second`,
          },
          { name: endedAt === null ? 'Running for' : 'Took', value: formatDuration(tookMs) },
          { name: 'Last progress', value: html`<${Ago} at=${updatedAt} now=${now} />` },
        ]}
      />
      ${state === 'paused' ? html`<p class="more">No process works on it. To continue where it stopped:</p>` : null}
      ${state === 'paused' ? html`<${Command} text=${`aftercall backfill --resume ${runId}`} />` : null}
      ${run.pausedBy === null ? null : html`<p class="note">${`Paused by ${run.pausedBy}.`}</p>`}
      ${state === 'done' ? null : html`<div class="acts"><${ActButton} label=${state === 'paused' ? 'Resume…' : 'Pause…'} fields=${{ kind: state === 'paused' ? 'resume' : 'pause', run: runId }} /></div>`}
    </article>
  `
}

/** Only while a process works on it, and when all shards are listed: before, much may come that is not listed yet. */
function leftWords({
  state,
  partsBegun,
  parts,
  listed,
  objects,
  objectsPerSecond,
}: BackfillProgress): string {
  if (state !== 'running' || partsBegun < parts || objectsPerSecond === null || objectsPerSecond === 0)
    return ''
  return `, about ${formatDuration(((listed - objects) / objectsPerSecond) * 1_000)} left of what is listed`
}

const reconcileTone: Record<ReconcileProgress['state'], Tone> = {
  running: 'plain',
  done: 'good',
  stopped: 'warn',
  failed: 'bad',
}
const purposes: Record<ReconcileProgress['purpose'], string> = {
  command: 'command',
  schedule: 'schedule',
  poll: 'polling',
}

export function ReconcileTable({ runs, now }: { runs: readonly ReconcileProgress[]; now: Date }): View {
  return html`
    <${Table}
      caption="The newest are first"
      columns=${['Source', 'State', 'Found', 'Started', 'Took']}
      rows=${runs.map((run): Views[] => [
        html`<span><a href=${sourcePath(run.source)}>${run.source}</a><span class="note">${purposes[run.purpose]}, on ${run.host}</span></span>`,
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
