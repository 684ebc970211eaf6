import type { Database } from '../connection/database.ts'
import type { AcceptedHead, StoredHead } from '../load/session-heads.ts'
import { hashOf, keyOf, type SessionToStore } from '../load/session-to-store.ts'
import type { Collision, ReplacedSession } from './keep-collisions.ts'
import { identityOf, isSameSession } from './session-identity.ts'
import { type ObjectPlace, readStoredPlaces, type StoredKey } from './stored-places.ts'

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
  other: ObjectPlace
}

/** The head of an id as it is now, and the session that it replaced. */
export type HeadNow = Omit<StoredHead, 'place' | 'replaced'> & {
  /** Of the object that holds the stored revision. Null if that came with an earlier batch. */
  place: ObjectPlace | null
  replaced: ReplacedSession | null
}

/** The heads that documents of this batch have advanced. Asks for the objects of sessions that were replaced, if any were. */
export async function headsAfter(
  db: Database,
  winners: readonly { one: SessionToStore; head: AcceptedHead }[],
): Promise<Map<string, HeadNow>> {
  const replacing = winners.filter(({ head }) => head.replaced !== null)
  const places = await readStoredPlaces(
    db,
    replacing.flatMap(({ one, head: { replaced } }) =>
      replaced === null ? [] : [storedKeyOf(one, replaced)],
    ),
  )
  const placeOf = new Map(replacing.map(({ head }, position) => [head, places[position]]))
  return new Map(
    winners.map(({ one, head }) => {
      const { session, bucket, objectKey } = one
      const { contentSha256, objectLastModified } = session.revision
      const place = placeOf.get(head)
      const replaced = head.replaced === null || place === undefined ? null : { ...head.replaced, ...place }
      const now = {
        ...identityOf(one),
        contentSha256,
        objectLastModified,
        place: { bucket, objectKey },
        replaced,
      }
      return [keyOf(one), now]
    }),
  )
}

function storedKeyOf({ session: { key } }: SessionToStore, { createdAt }: { createdAt: string }): StoredKey {
  return { ...key, createdAt }
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

type Noticed = Pick<Notice, 'kind'> & { one: SessionToStore; head: HeadNow; other: ObjectPlace | null }

export async function noticesOf(
  db: Database,
  sessions: readonly SessionToStore[],
  heads: ReadonlyMap<string, HeadNow>,
): Promise<Notice[]> {
  const noticed = sessions.flatMap((one) => notice(one, heads.get(keyOf(one))))
  const ofEarlier = noticed.filter(({ other }) => other === null)
  const places = await readStoredPlaces(
    db,
    ofEarlier.map(({ one, head }) => storedKeyOf(one, head)),
  )
  const placeOf = new Map(ofEarlier.map((one, position) => [one, places[position]]))
  return noticed.flatMap((found) => {
    const { kind, one } = found
    const other = found.other ?? placeOf.get(found)
    if (other === undefined) return []
    const { bucket, objectKey } = other
    const place = { bucket: one.bucket, objectKey: one.objectKey }
    return [{ kind, ...one.session.key, ...place, other: { bucket, objectKey } }]
  })
}

function notice(one: SessionToStore, head: HeadNow | undefined): Noticed[] {
  if (head === undefined) return []
  if (hashOf(one) === head.contentSha256) {
    const { replaced, place } = head
    const isOtherObject = replaced === null || one.objectKey !== place?.objectKey
    return isOtherObject ? [] : [{ kind: 'session_collision', one, head, other: replaced }]
  }
  if (isOfAnother(one, head)) return [{ kind: 'session_collision', one, head, other: head.place }]
  const aheadMs = Date.parse(one.session.revision.objectLastModified) - Date.parse(head.objectLastModified)
  return aheadMs > dayMs ? [{ kind: 'superseded_by_older_object', one, head, other: head.place }] : []
}
