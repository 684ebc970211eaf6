import type { RetentionRow } from '@aftercall/warehouse/maintenance/retention/retention-record'
import type { Answers } from '../answers.ts'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
import { ActButton } from '../views/act.ts'
import { Command } from '../views/command.ts'
import { html, type View, type Views } from '../views/html.ts'
import { sourcePath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { Ago } from '../views/when.ts'
import { Worded } from '../views/worded.ts'

type RetentionTexts = Texts['retention']

/** How long each kind of data is kept, how much there is, and when it was last tidied. */
export function renderRetentionPage({ rows, lastRun }: Answers['retention'], shell: Shell): string {
  const texts = shell.texts.retention
  return renderShell(shell, {
    section: 'none',
    title: texts.title,
    heading: texts.title,
    main: html`
      <div>
        <p class="lead"><${Worded} words=${texts.lead} /></p>
        ${lastRun === null ? null : html`<${LastRun} run=${lastRun} now=${shell.now} />`}
        ${
          rows.length === 0
            ? html`<${EmptyState} title=${texts.emptyTitle}><${Worded} words=${texts.empty} /><//>`
            : html`<${KindTable} rows=${rows} now=${shell.now} />`
        }
        <p class="more">${texts.dryRun}</p>
        <${Command} text="aftercall maintain --dry-run" />
        <div class="acts"><${ActButton} label=${texts.act} fields=${{ kind: 'maintain' }} /></div>
      </div>
    `,
  })
}

type LastRunProps = { run: NonNullable<Answers['retention']['lastRun']>; now: Date }

function LastRun({ run: { host, endedAt, halted }, now }: LastRunProps): View {
  const texts = useTexts().retention
  const why = html`<a href="/runbook#maintenance-removes-nothing"><code>${halted}</code></a>`
  return html`
    <p>
      ${texts.lastRun(html`<${Ago} at=${endedAt} now=${now} />`, host)}
      ${halted === null ? null : html`<span> ${texts.heldBack(why)}</span>`}
    </p>
  `
}

function KindTable({ rows, now }: { rows: readonly RetentionRow[]; now: Date }): View {
  const texts = useTexts().retention
  const { kind, kept, rows: count, oldest, removed, tidied } = texts.columns
  return html`
    <${Table}
      caption=${texts.caption}
      columns=${[kind, kept, { name: count, isNumber: true }, oldest, { name: removed, isNumber: true }, tidied]}
      rows=${rows.map((row): Views[] => [
        nameOf(row, texts),
        row.kept === null ? texts.always : texts.period(row.kept),
        row.rows === null ? texts.notCounted : texts.rows(row.rows, row.isEstimate),
        row.oldestAt === null
          ? row.rows === 0
            ? texts.none
            : texts.unknown
          : html`<${Ago} at=${row.oldestAt} now=${now} />`,
        row.removed === null ? texts.unknown : texts.rows(row.removed, false),
        html`<${Ago} at=${row.tidiedAt} now=${now} />`,
      ])}
    />
  `
}

function nameOf({ kind, source }: RetentionRow, texts: RetentionTexts): View {
  const [name, note] = texts.kinds[kind]
  const link = html`<a href=${sourcePath(source ?? '')}>${source}</a>`
  return html`
    <span>
      ${source === null ? name : html`<span>${texts.ofSource(name, link)}</span>`}
      <span class="note">${note}</span>
    </span>
  `
}
