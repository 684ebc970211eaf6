import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { Period, RetentionKind } from '@aftercall/warehouse/maintenance/retention/retention-kinds'
import type { RetentionRow } from '@aftercall/warehouse/maintenance/retention/retention-record'
import type { Answers } from '../answers.ts'
import { ActButton } from '../views/act.ts'
import { Command, Typed } from '../views/command.ts'
import { html, type View, type Views } from '../views/html.ts'
import { sourcePath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { Ago } from '../views/when.ts'

const texts = {
  title: 'Retention',
  lead: 'What is kept, for how long, and how much of it there is. The periods are in the configuration: sources[].retentionMonths for sessions, and retention for everything else.',
  caption: 'As the last run of maintenance found it',
  columns: {
    kind: 'What',
    kept: 'Kept for',
    rows: 'Rows',
    oldest: 'Oldest',
    removed: 'Last removed',
    tidied: 'Last tidied',
  },
  always: 'always',
  notCounted: 'not counted',
  unknown: 'unknown',
  none: 'none',
  about: 'about',
  lastRun: 'Maintenance last ended',
  on: 'on',
  heldBack: 'It was held back, and removed nothing:',
  emptyTitle: 'Maintenance has not run yet',
  empty: 'This page shows what the last run of aftercall maintain found. Run it daily:',
  dryRun: 'To see what the next run would remove:',
  act: 'Maintain the database…',
  kinds: {
    session: ['Sessions', 'with everything that is stored of them'],
    document: ['Raw documents', 'and those of sessions that lost their id to another one'],
    revision: ['Revisions', 'which revision came when, in which object'],
    ledger: ['Ledger', 'how each object ended; not while it fails or a rejection of it is open'],
    rejection: ['Rejections', 'after they were closed; open ones stay'],
    rejection_content: ['Bytes of rejections', 'in any state'],
    drift: ['Drift', 'fields and words, after they were last seen'],
    action: ['Actions', 'after their end'],
    backfill_run: ['Backfill runs', 'after they were done'],
    reconcile_run: ['Reconcile runs', 'but for the last good one'],
    maintenance_run: ['Maintenance runs', 'but for the last good one'],
    worker: ['Heartbeats', 'of workers that are gone, and of their queues'],
  } satisfies Record<RetentionKind, [name: string, note: string]>,
}

/** How long each kind of data is kept, how much there is, and when it was last tidied. */
export function renderRetentionPage({ rows, lastRun }: Answers['retention'], shell: Shell): string {
  return renderShell(shell, {
    section: 'none',
    title: texts.title,
    heading: texts.title,
    main: html`
      <div>
        <p class="lead">${texts.lead}</p>
        ${lastRun === null ? null : html`<${LastRun} run=${lastRun} now=${shell.now} />`}
        ${
          rows.length === 0
            ? html`<${EmptyState} title=${texts.emptyTitle}><${Typed} text=${texts.empty} /><//>`
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
  return html`
    <p>
      ${texts.lastRun} <${Ago} at=${endedAt} now=${now} />, ${texts.on} ${host}.${' '}
      ${halted === null ? null : html`<span>${texts.heldBack} <a href="/runbook#maintenance-removes-nothing"><code>${halted}</code></a></span>`}
    </p>
  `
}

function KindTable({ rows, now }: { rows: readonly RetentionRow[]; now: Date }): View {
  const { kind, kept, rows: count, oldest, removed, tidied } = texts.columns
  return html`
    <${Table}
      caption=${texts.caption}
      columns=${[kind, kept, { name: count, isNumber: true }, oldest, { name: removed, isNumber: true }, tidied]}
      rows=${rows.map((row): Views[] => [
        nameOf(row),
        formatPeriod(row.kept),
        formatRows(row),
        row.oldestAt === null
          ? row.rows === 0
            ? texts.none
            : texts.unknown
          : html`<${Ago} at=${row.oldestAt} now=${now} />`,
        row.removed === null ? texts.unknown : formatNumber(row.removed),
        html`<${Ago} at=${row.tidiedAt} now=${now} />`,
      ])}
    />
  `
}

function nameOf({ kind, source }: RetentionRow): View {
  const [name, note] = texts.kinds[kind]
  return html`
    <span>
      ${source === null ? name : html`<span>${name}: <a href=${sourcePath(source)}>${source}</a></span>`}
      <span class="note">${note}</span>
    </span>
  `
}

function formatPeriod(kept: Period | null): string {
  if (kept === null) return texts.always
  return formatCount(kept.count, kept.unit === 'days' ? 'day' : 'month')
}

function formatRows({ rows, isEstimate }: RetentionRow): string {
  if (rows === null) return texts.notCounted
  return isEstimate ? `${texts.about} ${formatNumber(rows)}` : formatNumber(rows)
}
