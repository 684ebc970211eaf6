import { compareRevisions, type Revision } from '@aftercall/metadata/times/revision'
import { isSameSession, type SessionIdentity, secondOf } from './session-identity.ts'

/** A session that shares its id with the stored session, and is not stored itself. */
export type LosingSession = SessionIdentity & { revision: Revision }

/** The changes that leave one row for each losing session, with its newest document. */
export type CollisionChanges<Known extends LosingSession, Met extends LosingSession> = {
  /** Rows to delete: those of the session that is stored now, and those that a newer document replaces. */
  gone: Known[]
  /** Rows that keep their document, which was seen again. */
  again: { row: Known; times: number }[]
  /** Documents to keep; `before` is the row that their session had already. */
  kept: { one: Met; times: number; before: Known | undefined }[]
}

/**
 * In any order of documents, the result is the same: the newest revision of all is stored, and the newest one of each
 * other session is kept. Documents are compared only within one session here.
 */
export function foldCollisions<Known extends LosingSession, Met extends LosingSession>(
  known: readonly Known[],
  winner: SessionIdentity,
  met: readonly Met[],
): CollisionChanges<Known, Met> {
  const isStored = (one: SessionIdentity) => isSameSession(one, winner)
  const gone = known.filter(isStored)
  const losers = known.filter((row) => !isStored(row))
  const again: CollisionChanges<Known, Met>['again'] = []
  const kept: CollisionChanges<Known, Met>['kept'] = []
  const firstLoserOf = indexFirst(losers)
  for (const session of groupBySession(met.filter((one) => !isStored(one)))) {
    const newest = session.reduce((one, other) =>
      compareRevisions(one.revision, other.revision) < 0 ? other : one,
    )
    const row = firstLoserOf(newest)
    const times = session.length
    if (row !== undefined && compareRevisions(newest.revision, row.revision) <= 0) {
      again.push({ row, times })
    } else {
      if (row !== undefined) gone.push(row)
      kept.push({ one: newest, times, before: row })
    }
  }
  return { gone, again, kept }
}

/** Finds the first of these that is the same session, without looking at each: thousands can share an id and a second. */
function indexFirst<One extends SessionIdentity>(
  all: readonly One[],
): (of: SessionIdentity) => One | undefined {
  const firstOfSecond = new Map<string, number>()
  const firstOfUuid = new Map<string, number>()
  all.forEach((one, place) => {
    const [second, key] = [secondOf(one), keyOf(one)]
    if (!firstOfSecond.has(second)) firstOfSecond.set(second, place)
    if (!firstOfUuid.has(key)) firstOfUuid.set(key, place)
  })
  return (of) => {
    const second = secondOf(of)
    const places =
      of.uuid === null
        ? [firstOfSecond.get(second)]
        : [firstOfUuid.get(keyOf(of)), firstOfUuid.get(keyOf({ ...of, uuid: null }))]
    const found = places.filter((place) => place !== undefined)
    return found.length === 0 ? undefined : all[Math.min(...found)]
  }
}

/**
 * Each document joins the first group that holds only the same session: the group of its uuid, or of its second if it has
 * none.
 */
function groupBySession<Met extends LosingSession>(met: readonly Met[]): Met[][] {
  const groupOf = new Map<string, Met[]>()
  const firstOfSecond = new Map<string, { group: Met[]; hasUuid: boolean }>()
  for (const one of met) {
    const second = secondOf(one)
    const first = firstOfSecond.get(second)
    // A document without a uuid joins the first group of its second, so only the first group can be without one.
    const joinsFirst = one.uuid === null || first?.hasUuid === false
    const group = (joinsFirst ? first?.group : groupOf.get(keyOf(one))) ?? []
    group.push(one)
    groupOf.set(keyOf(one), group)
    if (first === undefined) firstOfSecond.set(second, { group, hasUuid: one.uuid !== null })
    else if (first.group === group && one.uuid !== null) first.hasUuid = true
  }
  return [...new Set(groupOf.values())]
}

function keyOf(one: SessionIdentity): string {
  return one.uuid === null ? secondOf(one) : `${secondOf(one)} ${one.uuid}`
}
