import { describeDrift } from '@aftercall/operator/describe-drift'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import { formatExactTime } from '@aftercall/operator/format/time'
import { outcomeMeaning } from '@aftercall/operator/outcome-meaning'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type {
  CollidingSession,
  ObjectHistory,
  SessionHistory,
  SessionId,
} from '@aftercall/warehouse/ledger/history'
import { formatObjectPlace } from '../terminal/format-place.ts'

/** The history of one object. */
export function formatObjectHistory(
  place: { bucket: string; key: string },
  history: ObjectHistory | undefined,
): string {
  const url = formatObjectPlace(place.bucket, place.key)
  if (history === undefined) {
    return `${url}\n  No record of this object. It was never announced, its message is still in the queue, or the key is wrong.`
  }
  const { object, rejections } = history
  const session =
    object.session_id === null ? undefined : `${object.source}/${object.channel}/${object.session_id}`
  const lag =
    object.lag_ms === null ? '' : `, ${formatDuration(Number(object.lag_ms))} after it was announced`
  return [
    url,
    line(
      'outcome',
      `${object.outcome}${object.code === null ? '' : ` (${object.code})`}: ${outcomeText(object.outcome)}`,
    ),
    line(
      'announced',
      `${time(object.event_time)} by ${object.event_name ?? 'an event without a name'}${object.sequencer === null ? '' : `, sequencer ${object.sequencer}`}`,
    ),
    line(
      'ended',
      `${time(object.settled_at)}${lag}; ${formatCount(object.settle_count, 'delivery', 'deliveries')}, first seen ${time(object.first_seen_at)}`,
    ),
    ...(object.removed_at === null ? [] : [line('removed', `${time(object.removed_at)}; its rows are kept`)]),
    line(
      'object',
      `${object.size_bytes ?? '?'} bytes, ETag ${object.etag ?? 'unknown'}${object.version_id === null ? '' : `, version ${object.version_id}`}, last modified ${time(object.last_modified)}`,
    ),
    ...(session === undefined
      ? []
      : [line('session', `${session} (for its history: aftercall explain ${session})`)]),
    ...formatCollisions(history),
    ...rejections.map((rejection) =>
      line(
        'rejection',
        `#${rejection.rejection_id} ${rejection.code}: ${rejection.detail}; ${rejection.state}, seen ${formatCount(rejection.seen_count, 'time')}, last ${time(rejection.last_seen_at)}, ${rejection.content_bytes ?? 0} bytes kept`,
      ),
    ),
    ...history.drift.map((drift) => line('drift', `${describeDrift(drift)}, first seen here`)),
    ...(history.hasMore
      ? [line('', 'older rejections are not shown; to see all of them: aftercall sql')]
      : []),
  ].join('\n')
}

/** What is stored of one session, and the objects it came from. */
export function formatSessionHistory(id: SessionId, history: SessionHistory | undefined): string {
  const name = visibleText(`${id.source}/${id.channel}/${id.sessionId}`)
  if (history === undefined) return `${name}\n  No revision of this session is stored.`
  const { head, rows, objects, sentUpdatedAt } = history
  return [
    name,
    line(
      'stored',
      `${formatCount(head.revision_count, 'accepted revision', 'accepted revisions')}; the newest committed ${time(head.loaded_at)}, the first ${time(head.first_loaded_at)}`,
    ),
    line(
      'revision',
      `updated ${time(head.revision_updated_at)}, latest event ${time(head.latest_event_at)}, object modified ${time(head.object_last_modified)}`,
    ),
    ...(sentUpdatedAt === null || sentUpdatedAt.getTime() === head.revision_updated_at.getTime()
      ? []
      : [
          line(
            'clock',
            `the document says it was updated ${time(sentUpdatedAt)}, which cannot be right; revisions are ordered by ${time(head.revision_updated_at)} instead`,
          ),
        ]),
    ...formatCollisions(history),
    line('from', formatObjectPlace(head.bucket, head.object_key)),
    line('created', time(head.created_at)),
    line('rows', formatRows(rows)),
    ...(history.hasMore ? [line('', 'older objects are not shown; to see all of them: aftercall sql')] : []),
    ...objects.map((object) =>
      line(
        'object',
        `${time(object.event_time ?? object.first_seen_at)}  ${object.outcome.padEnd(10)}  ${formatObjectPlace(object.bucket, object.object_key)} (${formatCount(object.settle_count, 'delivery', 'deliveries')})`,
      ),
    ),
  ].join('\n')
}

/** Most tables have no row of most sessions. */
function formatRows(rows: SessionHistory['rows']): string {
  const some = rows.filter(({ rows: number }) => number > 0)
  return some.map(({ table, rows: number }) => `${table} ${formatNumber(number)}`).join(', ')
}

function formatCollisions({
  collisions,
  hasMoreCollisions,
}: Pick<SessionHistory, 'collisions' | 'hasMoreCollisions'>): string[] {
  const more = line('', 'more sessions with this id are not shown; to see all of them: aftercall sql')
  return [...collisions.map(formatCollision), ...(hasMoreCollisions ? [more] : [])]
}

function formatCollision({
  createdAt,
  uuid,
  bucket,
  objectKey,
  seenCount,
  lastSeenAt,
}: CollidingSession): string {
  const other = `another session has the same id: created ${time(createdAt)}${uuid === null ? '' : `, uuid ${uuid}`}, from ${formatObjectPlace(bucket, objectKey)}`
  const seen = `seen ${formatCount(seenCount, 'time')}, last ${time(lastSeenAt)}`
  return line(
    'collision',
    `${other}; ${seen}; it is not in the tables, but its document is kept in warehouse.session_collision. Configure one source per platform instance`,
  )
}

/** The column is text: a newer release may have written an outcome that this one does not know. */
function outcomeText(outcome: string): string {
  return new Map<string, string>(Object.entries(outcomeMeaning)).get(outcome) ?? ''
}

/** Keys, reasons and answers of a store come from outside, so control characters are made visible. */
function line(label: string, text: string): string {
  return `  ${label.padEnd(10)} ${visibleText(text)}`
}

function time(value: Date | null): string {
  return value === null ? 'at an unknown time' : formatExactTime(value)
}
