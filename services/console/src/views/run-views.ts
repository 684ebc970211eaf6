import { backfillShare } from '@aftercall/operator/backfill-share'
import type { BackfillProgress, ReconcileProgress } from '@aftercall/warehouse/console/runs'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
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
  const { runs, common, outcomes, formats } = useTexts()
  const tookMs = (endedAt ?? updatedAt).getTime() - startedAt.getTime()
  return html`
    <article class="card">
      <div class="card-heading">
        <h3>${runs.heading(runId, html`<a href=${sourcePath(source)}>${source}</a>`)}</h3>
        <${ToneBadge} tone=${backfillTone[state]}>${runs.states[state]}<//>
      </div>
      <p class="note">${runs.place(`s3://${run.bucket}/${run.prefix}`, run.via, run.host)}</p>
      <progress value=${share} max="1" aria-label=${runs.progressOf(runId)}></progress>
      <p class="note">${runs.progress({ share, objects, listed: run.listed, done: partsDone, all: parts })}${leftOf(run, runs.left)}</p>
      <${Figures}
        figures=${[
          {
            name: runs.objects,
            value: formats.number(objects),
            note: formatCounts(run.counts, outcomes, formats),
          },
          {
            name: runs.rate,
            value: objectsPerSecond === null ? common.unknown : runs.perSecond(objectsPerSecond),
          },
          { name: endedAt === null ? runs.runningFor : runs.took, value: formats.duration(tookMs) },
          { name: runs.lastProgress, value: html`<${Ago} at=${updatedAt} now=${now} />` },
        ]}
      />
      ${state === 'paused' ? html`<p class="more">${runs.noProcess}</p>` : null}
      ${state === 'paused' ? html`<${Command} text=${`aftercall backfill --resume ${runId}`} />` : null}
      ${run.pausedBy === null ? null : html`<p class="note">${runs.pausedBy(run.pausedBy)}</p>`}
      ${state === 'done' ? null : html`<div class="acts"><${ActButton} label=${state === 'paused' ? runs.resume : runs.pause} fields=${{ kind: state === 'paused' ? 'resume' : 'pause', run: runId }} /></div>`}
    </article>
  `
}

/** Only while a process works on it, and when all shards are listed: before, much may come that is not listed yet. */
function leftOf(
  { state, partsBegun, parts, listed, objects, objectsPerSecond }: BackfillProgress,
  word: Texts['runs']['left'],
): string {
  if (state !== 'running' || partsBegun < parts || objectsPerSecond === null || objectsPerSecond === 0)
    return ''
  return word(((listed - objects) / objectsPerSecond) * 1_000)
}

const reconcileTone: Record<ReconcileProgress['state'], Tone> = {
  running: 'plain',
  done: 'good',
  stopped: 'warn',
  failed: 'bad',
}

export function ReconcileTable({ runs, now }: { runs: readonly ReconcileProgress[]; now: Date }): View {
  const { runs: words, common, outcomes, formats } = useTexts()
  return html`
    <${Table}
      caption=${words.newestFirst}
      columns=${[common.source, words.state, words.found, words.started, words.took]}
      rows=${runs.map((run): Views[] => [
        html`<span><a href=${sourcePath(run.source)}>${run.source}</a><span class="note">${words.purpose(run.purpose, run.host)}</span></span>`,
        html`<${ToneBadge} tone=${reconcileTone[run.state]}>${words.states[run.state]}<//>`,
        html`<span>${formatCounts(run.counts, outcomes, formats) || (run.state === 'running' ? words.nothingYet : common.nothing)}${run.error === null ? null : html`<span class="note" lang="en">${run.error}</span>`}</span>`,
        html`<${Ago} at=${run.startedAt} now=${now} />`,
        formats.duration((run.endedAt ?? now).getTime() - run.startedAt.getTime()),
      ])}
    />
  `
}

function formatCounts(
  counts: Readonly<Record<string, number>>,
  { count: wordCount }: Texts['outcomes'],
  { comma }: Texts['formats'],
): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => wordCount(count, name))
    .join(comma)
}
