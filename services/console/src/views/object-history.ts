import { documentFailures } from '@aftercall/operator/failure-codes/object-failures'
import type { ObjectHistory } from '@aftercall/warehouse/ledger/history'
import type { LedgerOutcome } from '@aftercall/warehouse/ledger/ledger'
import type { RejectionState } from '@aftercall/warehouse/ledger/read-rejections'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
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
  const texts = useTexts()
  return html`
    <div>
      <section aria-labelledby="happened">
        <h2 id="happened">${texts.history.happened}</h2>
        <${Timeline} steps=${inOrder([...objectSteps(object, texts), ...rejectionSteps(history, texts)])} />
      </section>
      <section aria-labelledby="object">
        <h2 id="object">${texts.history.theObject}</h2>
        <${Facts} facts=${factsOf(object, texts)} />
      </section>
    </div>
  `
}

/** The steps of one object, in order. */
export function objectSteps(object: LedgerRow, texts: Texts): TimelineStep[] {
  const words = texts.objectSteps
  return [
    {
      at: object.event_time ?? object.first_seen_at,
      tone: 'plain',
      title: words.announced,
      text: words.announcedBy(object.event_name),
    },
    ...(wasRead(object) ? [fetched(object, texts)] : []),
    ended(object, texts),
    ...(object.removed_at === null
      ? []
      : [
          {
            at: object.removed_at,
            tone: 'plain',
            title: words.removed,
            text: words.removedText,
          } satisfies TimelineStep,
        ]),
  ]
}

/** A known size is no proof, because the announcement contains it, too. */
function wasRead({ outcome, code }: LedgerRow): boolean {
  if (outcome === 'rejected') return code !== null && code in documentFailures && code !== 'object_too_large'
  return outcome === 'stored' || outcome === 'superseded' || outcome === 'duplicate'
}

function fetched(
  { size_bytes, document_count }: LedgerRow,
  { objectSteps: words, formats }: Texts,
): TimelineStep {
  const size = size_bytes === null ? words.unknownSize : formats.bytes(Number(size_bytes))
  const documents = document_count === null ? [] : [words.documents(document_count)]
  return {
    at: null,
    tone: 'plain',
    title: words.fetched,
    text: [size, ...documents].join(formats.clause),
  }
}

function ended(object: LedgerRow, texts: Texts): TimelineStep {
  const { formats, objectSteps: words } = texts
  // The column is text, but only these words are written.
  const outcome = object.outcome as LedgerOutcome
  const meaning =
    (object.code === null ? undefined : texts.rejection.note(object.code)?.meaning) ??
    texts.outcomes.meaning[outcome] ??
    ''
  const lag = object.lag_ms === null ? [] : [words.afterAnnounced(formats.duration(Number(object.lag_ms)))]
  const deliveries =
    object.settle_count === 1 ? [] : [words.delivered(texts.rejectionGroup.times(object.settle_count))]
  return {
    at: object.settled_at,
    tone: outcomeTone[outcome] ?? 'plain',
    title: words.ended(texts.outcomes.names[outcome] ?? outcome, object.code),
    text: [meaning, ...lag, ...deliveries].join(texts.drift.semicolon),
  }
}

/** The column of the state is text, but only these words are written. */
function rejectionSteps({ rejections }: ObjectHistory, texts: Texts): TimelineStep[] {
  return rejections.map((one) => ({
    at: one.first_seen_at,
    tone: one.state === 'open' ? 'bad' : 'plain',
    title: texts.objectSteps.rejection(
      one.rejection_id,
      texts.rejectionGroup.states[one.state as RejectionState],
    ),
    text: html`<span>${texts.objectSteps.rejectionText(one.code, html`<span lang="en">${one.detail}</span>`, texts.rejectionGroup.times(one.seen_count), html`<a href=${rejectionPath(one.rejection_id)}>${texts.objectSteps.whatToDo}</a>`)}</span>`,
  }))
}

function factsOf(object: LedgerRow, { common, history, objects }: Texts): [string, Views][] {
  const { source, channel, session_id: id, size_bytes: bytes } = object
  const session = source === null || channel === null || id === null ? null : `${source}/${channel}/${id}`
  return [
    [
      objects.session,
      session === null ? common.unknown : html`<a href=${historyPath(session)}>${session}</a>`,
    ],
    [common.source, source === null ? common.none : html`<a href=${sourcePath(source)}>${source}</a>`],
    [objects.size, bytes === null ? common.unknown : history.bytes(Number(bytes))],
    [history.lastModified, html`<${When} at=${object.last_modified} />`],
    [history.firstSeen, html`<${When} at=${object.first_seen_at} />`],
    ['ETag', object.etag ?? common.unknown],
    ...(object.version_id === null ? [] : [[history.version, object.version_id] satisfies [string, Views]]),
    ...(object.sequencer === null ? [] : [[history.sequencer, object.sequencer] satisfies [string, Views]]),
    [history.receives, history.receiveCount(object.receive_count)],
  ]
}
