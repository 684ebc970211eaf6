import type { AcceptedHead, ReplacedSession, StoredHead } from '../load/session-heads.ts'
import { hashOf, keyOf, type SessionToStore } from '../load/session-to-store.ts'
import type { Collision } from './keep-collisions.ts'
import { identityOf, isSameSession } from './session-identity.ts'

/** Something that happened to a document by the rules, and that an operator should know. */
export type Notice = {
  /**
   * `session_collision`: another session has the same id; the tables hold the one with the newest revision, and the other
   * is kept beside them. `superseded_by_older_object`: it lost to a document whose object is more than a day older, so a
   * clock may have been wrong.
   */
  kind: 'session_collision' | 'superseded_by_older_object'
  source: string
  channel: string
  sessionId: string
  bucket: string
  objectKey: string
  /** The object of the other document. */
  other: { bucket: string; objectKey: string }
}

/** The head of an id as it is now, and the session that it replaced. */
export type HeadNow = Omit<StoredHead, 'replaced'> & { replaced: ReplacedSession | null }

export function headAfter(winner: SessionToStore, { replaced }: AcceptedHead): HeadNow {
  const { session, bucket, objectKey } = winner
  const { contentSha256, objectLastModified } = session.revision
  return { ...identityOf(winner), contentSha256, objectLastModified, bucket, objectKey, replaced }
}

/** The heads whose ids documents of another session have as well. */
export function findCollisions(
  sessions: readonly SessionToStore[],
  heads: ReadonlyMap<string, HeadNow>,
): Collision[] {
  return [...Map.groupBy(sessions, keyOf)].flatMap(([key, ofKey]) => {
    const head = heads.get(key)
    const [of] = ofKey
    if (head === undefined || of === undefined) return []
    const losing = ofKey.filter((one) => isOfAnother(one, head))
    return losing.length === 0 && head.replaced === null
      ? []
      : [{ of, stored: head, losing, replaced: head.replaced }]
  })
}

function isOfAnother(one: SessionToStore, head: HeadNow): boolean {
  return hashOf(one) !== head.contentSha256 && !isSameSession(identityOf(one), head)
}

const dayMs = 86_400_000

export function noticesOf(
  sessions: readonly SessionToStore[],
  heads: ReadonlyMap<string, HeadNow>,
): Notice[] {
  return sessions.flatMap((one): Notice[] => {
    const head = heads.get(keyOf(one))
    if (head === undefined) return []
    if (hashOf(one) === head.contentSha256) {
      const { replaced } = head
      return replaced === null || one.objectKey !== head.objectKey
        ? []
        : [noticeOf('session_collision', one, replaced)]
    }
    if (isOfAnother(one, head)) return [noticeOf('session_collision', one, head)]
    const aheadMs = Date.parse(one.session.revision.objectLastModified) - Date.parse(head.objectLastModified)
    return aheadMs > dayMs ? [noticeOf('superseded_by_older_object', one, head)] : []
  })
}

function noticeOf(
  kind: Notice['kind'],
  { session: { key }, bucket, objectKey }: SessionToStore,
  other: Notice['other'],
): Notice {
  const place = { bucket: other.bucket, objectKey: other.objectKey }
  return { kind, ...key, bucket, objectKey, other: place }
}
