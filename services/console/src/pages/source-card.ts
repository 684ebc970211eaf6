import type { OutcomeCounts, SourceOverview, Spread } from '@aftercall/warehouse/console/overview'
import type { Problem } from '@aftercall/warehouse/console/problems'
import { formatNumber } from '@aftercall/warehouse/console/tell-amount'
import { formatBounded } from './bounded-count.ts'
import { type Figure, Figures } from './figures.ts'
import { formatDuration } from './format-number.ts'
import { html, type View } from './html.ts'
import { OutcomeBar } from './outcome-bar.ts'
import { countObjects } from './outcome-words.ts'
import { ToneBadge } from './tone-badge.ts'
import { Ago } from './when.ts'

type Props = {
  source: SourceOverview
  /** Of all sources. */
  problems: readonly Problem[]
  readAt: Date
}

/** How one source stands: when data last came, how late, and how its objects ended. */
export function SourceCard({ source, problems, readAt }: Props): View {
  const { bucket, prefix, lastDay, lastSettledAt, lastEventAt } = source
  return html`
    <article class="card source">
      <div class="card-heading">
        <h3>${source.source}</h3>
        <${Standing} source=${source} problems=${problems} />
      </div>
      <p class="note">${`s3://${bucket}/${prefix}`}</p>
      <${Figures}
        isBig
        figures=${[
          {
            name: 'Last data',
            value: html`<${Ago} at=${lastSettledAt} now=${readAt} />`,
            note: announced(lastEventAt, readAt),
          },
          dayFigure(source),
        ]}
      />
      ${lastDay === null ? null : html`<${OutcomeBar} counts=${lastDay} />`}
      <${Figures}
        figures=${[
          delayFigure('Lag', source.lag),
          delayFigure('Freshness', source.freshness),
          { name: 'Sessions stored', value: formatBounded(source.sessions) },
          { name: 'Open rejections', value: rejections(source) },
        ]}
      />
    </article>
  `
}

function Standing({ source, problems }: Pick<Props, 'source' | 'problems'>): View {
  const own = problems.filter((one) => one.sources.includes(source.source))
  const severities = own.map((one) => one.severity)
  if (severities.includes('critical')) return html`<${ToneBadge} tone="bad">critical<//>`
  if (severities.includes('warning')) return html`<${ToneBadge} tone="warn">warning<//>`
  if (source.lastSettledAt === null) return html`<${ToneBadge} tone="plain">waiting<//>`
  return html`<${ToneBadge} tone="good">well<//>`
}

function announced(at: Date | null, readAt: Date): View {
  return at === null
    ? html`<span>nothing announced in 48 h</span>`
    : html`<span>announced <${Ago} at=${at} now=${readAt} /></span>`
}

function dayFigure({ lastDay, dayBefore }: SourceOverview): Figure {
  // An object that is settled again hours later counts at both times.
  const name = 'Settled in 24 h'
  if (lastDay === null) return { name, value: 'took too long' }
  return { name, value: formatNumber(countObjects(lastDay)), note: compare(dayBefore) }
}

function compare(dayBefore: OutcomeCounts | null): string {
  if (dayBefore === null) return ''
  return `${formatNumber(countObjects(dayBefore))} in the 24 h before`
}

/** The last hour's, else the last day's; the note says which. */
function delayFigure(
  name: string,
  { lastHour, lastDay }: { lastHour: Spread | null; lastDay: Spread | null },
): Figure {
  const spread = lastHour ?? lastDay
  if (spread === null) return { name, value: html`<span class="none">none measured</span>` }
  return {
    name,
    value: formatDuration(spread.p50Seconds * 1_000),
    note: `95 % within ${formatDuration(spread.p95Seconds * 1_000)}, last ${lastHour === null ? '24 h' : 'hour'}`,
  }
}

function rejections({ openRejections }: SourceOverview): View | string {
  const text = formatBounded(openRejections)
  return openRejections === null || openRejections.count === 0
    ? text
    : html`<a href="/rejections">${text}</a>`
}
