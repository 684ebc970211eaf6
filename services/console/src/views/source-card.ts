import type { Problem } from '@aftercall/operator/problems/problem'
import type { OutcomeCounts, SourceOverview, Spread } from '@aftercall/warehouse/console/overview-types'
import type { Column } from '../chart-columns.ts'
import type { Texts } from '../texts/en.ts'
import type { Formats } from '../texts/formats.ts'
import { useTexts } from '../texts/texts-of.ts'
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
  const texts = useTexts()
  const { sourceCard, formats } = texts
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
            name: sourceCard.lastData,
            value: html`<${Ago} at=${lastSettledAt} now=${readAt} />`,
            note: announced(lastEventAt, readAt, sourceCard),
          },
          dayFigure(source, texts),
        ]}
      />
      <${Sparkline} columns=${columns} />
      ${lastDay === null ? null : html`<${OutcomeBar} counts=${lastDay} />`}
      <${Figures}
        figures=${[
          delayFigure(sourceCard.lag, source.lag, texts),
          delayFigure(sourceCard.freshness, source.freshness, texts),
          {
            name: sourceCard.sessionsStored,
            value: html`<a href=${sessionsPath({ source: source.source })}>${formats.bounded(source.sessions)}</a>`,
          },
          { name: sourceCard.openRejections, value: rejections(source, formats) },
        ]}
      />
    </article>
  `
}

function Health({ source, problems }: Pick<Props, 'source' | 'problems'>): View {
  const { problems: words, sourceCard } = useTexts()
  const own = problems.filter((one) => one.sources.includes(source.source))
  const severities = own.map((one) => one.severity)
  if (severities.includes('critical')) return html`<${ToneBadge} tone="bad">${words.severities.critical}<//>`
  if (severities.includes('warning')) return html`<${ToneBadge} tone="warn">${words.severities.warning}<//>`
  if (source.lastSettledAt === null) return html`<${ToneBadge} tone="plain">${sourceCard.waiting}<//>`
  return html`<${ToneBadge} tone="good">${sourceCard.healthy}<//>`
}

function announced(at: Date | null, readAt: Date, words: Texts['sourceCard']): View {
  return at === null
    ? html`<span>${words.nothingAnnounced}</span>`
    : html`<span>${words.announced(html`<${Ago} at=${at} now=${readAt} />`)}</span>`
}

function dayFigure({ lastDay, dayBefore }: SourceOverview, texts: Texts): Figure {
  // An object that is processed again hours later counts twice.
  const name = texts.sourceCard.processed
  if (lastDay === null) return { name, value: texts.common.tookTooLong }
  return { name, value: texts.formats.number(countObjects(lastDay)), note: compare(dayBefore, texts) }
}

function compare(dayBefore: OutcomeCounts | null, { sourceCard }: Texts): string {
  if (dayBefore === null) return ''
  return sourceCard.dayBefore(countObjects(dayBefore))
}

/** Of the last hour, else of the last day; the note says which. */
function delayFigure(
  name: string,
  { lastHour, lastDay }: { lastHour: Spread | null; lastDay: Spread | null },
  { formats, common, sourceCard }: Texts,
): Figure {
  const spread = lastHour ?? lastDay
  if (spread === null) return { name, value: html`<span class="none">${common.noData}</span>` }
  return {
    name,
    value: formats.duration(spread.p50Seconds * 1_000),
    note: sourceCard.within(formats.duration(spread.p95Seconds * 1_000), lastHour !== null),
  }
}

function rejections({ source, openRejections }: SourceOverview, formats: Formats): View | string {
  const text = formats.bounded(openRejections)
  return openRejections === null || openRejections.count === 0
    ? text
    : html`<a href=${rejectionsPath({ source })}>${text}</a>`
}
