import { describeDrift } from '@aftercall/operator/describe-drift'
import { formatDuration } from '@aftercall/operator/format/duration'
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

/** What became of one object, for people. */
export function formatObjectHistory(
  place: { bucket: string; key: string },
  story: ObjectHistory | undefined,
): string {
  const url = visibleText(`s3://${place.bucket}/${place.key}`)
  if (story === undefined) {
    return `${url}\n  Nothing is known of it: it was never announced, its message is still in the queue, or the key is another.`
  }
  const { object, rejections } = story
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
      `${time(object.event_time)} by ${object.event_name ?? 'an unnamed event'}${object.sequencer === null ? '' : `, sequencer ${object.sequencer}`}`,
    ),
    line(
      'settled',
      `${time(object.settled_at)}${lag}; ${formatCount(object.settle_count, 'delivery', 'deliveries')} ended here, first seen ${time(object.first_seen_at)}`,
    ),
    ...(object.removed_at === null
      ? []
      : [line('removed', `${time(object.removed_at)}; the rows it became stay`)]),
    line(
      'object',
      `${object.size_bytes ?? '?'} bytes, ETag ${object.etag ?? 'unknown'}${object.version_id === null ? '' : `, version ${object.version_id}`}, last modified ${time(object.last_modified)}`,
    ),
    ...(session === undefined
      ? []
      : [line('session', `${session} (its story: aftercall explain ${session})`)]),
    ...formatCollisions(story),
    ...rejections.map((one) =>
      line(
        'rejection',
        `#${one.rejection_id} ${one.code}: ${one.detail}; ${one.state}, seen ${formatCount(one.seen_count, 'time')}, last ${time(one.last_seen_at)}, ${one.content_bytes ?? 0} bytes kept`,
      ),
    ),
    ...story.drift.map((one) => line('drift', `${describeDrift(one)}, first seen here`)),
    ...(story.hasMore ? [line('', 'older rejections are not shown; aftercall sql has them all')] : []),
  ].join('\n')
}

/** What is stored of one session and how it came to be, for people. */
export function formatSessionHistory(id: SessionId, story: SessionHistory | undefined): string {
  const name = visibleText(`${id.source}/${id.channel}/${id.sessionId}`)
  if (story === undefined) return `${name}\n  No revision of it is stored.`
  const { head, rows, objects, sentUpdatedAt } = story
  return [
    name,
    line(
      'stored',
      `revision ${head.revision_count} of those that were accepted, committed ${time(head.loaded_at)}; the first ${time(head.first_loaded_at)}`,
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
            `the document says that it was updated ${time(sentUpdatedAt)}, which cannot be true; in the order of revisions ${time(head.revision_updated_at)} counts`,
          ),
        ]),
    ...formatCollisions(story),
    line('from', `s3://${head.bucket}/${head.object_key}`),
    line('created', time(head.created_at)),
    line('rows', rows.map((one) => `${one.table} ${one.rows}`).join(', ')),
    ...(story.hasMore ? [line('', 'older objects are not shown; aftercall sql has them all')] : []),
    ...objects.map((one) =>
      line(
        'object',
        `${time(one.event_time ?? one.first_seen_at)}  ${one.outcome.padEnd(10)}  s3://${one.bucket}/${one.object_key} (${formatCount(one.settle_count, 'delivery', 'deliveries')})`,
      ),
    ),
  ].join('\n')
}

function formatCollisions({
  collisions,
  hasMoreCollisions,
}: Pick<SessionHistory, 'collisions' | 'hasMoreCollisions'>): string[] {
  const more = line('', 'more sessions with this id are not shown; aftercall sql has them all')
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
  const what = `another session has the same id: created ${time(createdAt)}${uuid === null ? '' : `, uuid ${uuid}`}, from s3://${bucket}/${objectKey}`
  const seen = `met ${formatCount(seenCount, 'time')}, last ${time(lastSeenAt)}`
  return line(
    'collision',
    `${what}; ${seen}; it is not in the tables, its document is kept in warehouse.session_collision. Make one source for each platform instance`,
  )
}

/** The column is text: a newer release may have written a word that this one does not know. */
function outcomeText(outcome: string): string {
  return new Map<string, string>(Object.entries(outcomeMeaning)).get(outcome) ?? ''
}

/** Keys, reasons and what a store says come from outside. */
function line(label: string, text: string): string {
  return `  ${label.padEnd(10)} ${visibleText(text)}`
}

function time(value: Date | null): string {
  return value === null ? 'at an unknown time' : formatExactTime(value)
}
