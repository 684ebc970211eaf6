import { failureNote } from '@aftercall/operator/failure-codes/failure-note'
import { documentFailures } from '@aftercall/operator/failure-codes/object-failures'
import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatCount, formatTimes } from '@aftercall/operator/format/plural'
import { outcomeMeaning } from '@aftercall/operator/outcome-meaning'
import type { ObjectHistory } from '@aftercall/warehouse/ledger/history'
import type { LedgerOutcome } from '@aftercall/warehouse/ledger/ledger'
import { Facts } from './figures.ts'
import { html, type View, type Views } from './html.ts'
import { outcomeTone } from './outcome-words.ts'
import { historyPath, rejectionPath, sourcePath } from './page-paths.ts'
import { inOrder, Timeline, type TimelineStep } from './timeline.ts'
import { When } from './when.ts'

type LedgerRow = ObjectHistory['object']

/** The history of one object: announced, fetched, its outcome, and what happened later. */
export function ObjectHistoryView({ history }: { history: ObjectHistory }): View {
  const { object } = history
  return html`
    <div>
      <section aria-labelledby="happened">
        <h2 id="happened">What happened</h2>
        <${Timeline} steps=${inOrder([...objectSteps(object), ...rejectionSteps(history)])} />
      </section>
      <section aria-labelledby="object">
        <h2 id="object">The object</h2>
        <${Facts} facts=${factsOf(object)} />
      </section>
    </div>
  `
}

/** The steps of one object, in order. */
export function objectSteps(object: LedgerRow): TimelineStep[] {
  return [
    {
      at: object.event_time ?? object.first_seen_at,
      tone: 'plain',
      title: 'Announced',
      text: `by ${object.event_name ?? 'an event without a name'}`,
    },
    ...(wasRead(object) ? [fetched(object)] : []),
    ended(object),
    ...(object.removed_at === null
      ? []
      : [
          {
            at: object.removed_at,
            tone: 'plain',
            title: 'Removed from the bucket',
            text: 'its rows stay',
          } satisfies TimelineStep,
        ]),
  ]
}

/** A known size is no proof, because the announcement contains it, too. */
function wasRead({ outcome, code }: LedgerRow): boolean {
  if (outcome === 'rejected') return code !== null && code in documentFailures && code !== 'object_too_large'
  return outcome === 'stored' || outcome === 'superseded' || outcome === 'duplicate'
}

function fetched({ size_bytes, document_count }: LedgerRow): TimelineStep {
  const documents = document_count === null ? '' : `, ${formatCount(document_count, 'document')}`
  return {
    at: null,
    tone: 'plain',
    title: 'Fetched',
    text: `${size_bytes === null ? 'unknown size' : formatBytes(Number(size_bytes))}${documents}`,
  }
}

function ended(object: LedgerRow): TimelineStep {
  // The column is text, but only these words are written.
  const outcome = object.outcome as LedgerOutcome
  const meaning =
    (object.code === null ? undefined : failureNote(object.code)?.meaning) ?? outcomeMeaning[outcome] ?? ''
  const lag =
    object.lag_ms === null ? '' : `; ${formatDuration(Number(object.lag_ms))} after it was announced`
  const deliveries = object.settle_count === 1 ? '' : `; delivered ${formatTimes(object.settle_count)}`
  return {
    at: object.settled_at,
    tone: outcomeTone[outcome] ?? 'plain',
    title: `${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}${object.code === null ? '' : `: ${object.code}`}`,
    text: `${meaning}${lag}${deliveries}`,
  }
}

function rejectionSteps({ rejections }: ObjectHistory): TimelineStep[] {
  return rejections.map((one) => ({
    at: one.first_seen_at,
    tone: one.state === 'open' ? 'bad' : 'plain',
    title: `Rejection ${one.rejection_id}, ${one.state}`,
    text: html`<span>${one.code}: ${one.detail}; seen ${formatCount(one.seen_count, 'time')}. <a href=${rejectionPath(one.rejection_id)}>What to do</a></span>`,
  }))
}

function factsOf(object: LedgerRow): [string, Views][] {
  const { source, channel, session_id: id, size_bytes: bytes } = object
  const session = source === null || channel === null || id === null ? null : `${source}/${channel}/${id}`
  return [
    ['Session', session === null ? 'unknown' : html`<a href=${historyPath(session)}>${session}</a>`],
    ['Source', source === null ? 'none' : html`<a href=${sourcePath(source)}>${source}</a>`],
    ['Size', bytes === null ? 'unknown' : formatCount(Number(bytes), 'byte')],
    ['Last modified', html`<${When} at=${object.last_modified} />`],
    ['First seen', html`<${When} at=${object.first_seen_at} />`],
    ['ETag', object.etag ?? 'unknown'],
    ...(object.version_id === null ? [] : [['Version', object.version_id] satisfies [string, Views]]),
    ...(object.sequencer === null ? [] : [['Sequencer', object.sequencer] satisfies [string, Views]]),
    ['Receives', `${formatCount(object.receive_count, 'receive')} of the last delivery`],
  ]
}
