import { formatDuration } from '@aftercall/operator/format/duration'
import { formatBounded, formatNumber } from '@aftercall/operator/format/number'
import type { Problem } from '@aftercall/operator/problems/problem'
import type { OutcomeCounts, SourceOverview, Spread } from '@aftercall/warehouse/console/overview-types'
import type { Column } from '../chart-columns.ts'
import { type Figure, Figures } from './figures.ts'
import { html, type View } from './html.ts'
import { OutcomeBar } from './outcome-bar.ts'
import { countObjects } from './outcome-words.ts'
import { rejectionsPath, sessionsPath, sourcePath } from './page-paths.ts'
import { Sparkline } from './sparkline.ts'
import { ToneBadge } from './tone.ts'
import { Ago } from './when.ts'

type Props = {
  source: SourceOverview
  /** Of all sources. */
  problems: readonly Problem[]
  readAt: Date
  /** The last 24 hours. */
  columns: readonly Column[]
  /** On the page of the source, which needs no link to itself. */
  isAlone?: boolean
}

/** One source: when data last arrived, how late, and the outcomes of its objects. */
export function SourceCard({ source, problems, readAt, columns, isAlone = false }: Props): View {
  const { bucket, prefix, lastDay, lastSettledAt, lastEventAt } = source
  return html`
    <article class="card source">
      <div class="card-heading">
        ${isAlone ? html`<h2>${source.source}</h2>` : html`<h3><a href=${sourcePath(source.source)}>${source.source}</a></h3>`}
        <${Health} source=${source} problems=${problems} />
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
      <${Sparkline} columns=${columns} />
      ${lastDay === null ? null : html`<${OutcomeBar} counts=${lastDay} />`}
      <${Figures}
        figures=${[
          delayFigure('Lag', source.lag),
          delayFigure('Freshness', source.freshness),
          {
            name: 'Sessions stored',
            value: html`<a href=${sessionsPath({ source: source.source })}>${formatBounded(source.sessions)}</a>`,
          },
          { name: 'Open rejections', value: rejections(source) },
        ]}
      />
    </article>
  `
}

function Health({ source, problems }: Pick<Props, 'source' | 'problems'>): View {
  const own = problems.filter((one) => one.sources.includes(source.source))
  const severities = own.map((one) => one.severity)
  if (severities.includes('critical')) return html`<${ToneBadge} tone="bad">critical<//>`
  if (severities.includes('warning')) return html`<${ToneBadge} tone="warn">warning<//>`
  if (source.lastSettledAt === null) return html`<${ToneBadge} tone="plain">waiting<//>`
  return html`<${ToneBadge} tone="good">healthy<//>`
}

function announced(at: Date | null, readAt: Date): View {
  return at === null
    ? html`<span>nothing announced in 48 h</span>`
    : html`<span>announced <${Ago} at=${at} now=${readAt} /></span>`
}

function dayFigure({ lastDay, dayBefore }: SourceOverview): Figure {
  // An object that is processed again hours later counts twice.
  const name = 'Processed in 24 h'
  if (lastDay === null) return { name, value: 'took too long' }
  return { name, value: formatNumber(countObjects(lastDay)), note: compare(dayBefore) }
}

function compare(dayBefore: OutcomeCounts | null): string {
  if (dayBefore === null) return ''
  return `${formatNumber(countObjects(dayBefore))} in the 24 h before`
}

/** Of the last hour, else of the last day; the note says which. */
function delayFigure(
  name: string,
  { lastHour, lastDay }: { lastHour: Spread | null; lastDay: Spread | null },
): Figure {
  const spread = lastHour ?? lastDay
  if (spread === null) return { name, value: html`<span class="none">no data</span>` }
  return {
    name,
    value: formatDuration(spread.p50Seconds * 1_000),
    note: `95 % within ${formatDuration(spread.p95Seconds * 1_000)}, last ${lastHour === null ? '24 h' : 'hour'}`,
  }
}

function rejections({ source, openRejections }: SourceOverview): View | string {
  const text = formatBounded(openRejections)
  return openRejections === null || openRejections.count === 0
    ? text
    : html`<a href=${rejectionsPath({ source })}>${text}</a>`
}
