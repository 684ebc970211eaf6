import { compareRevisions, type Revision } from '@aftercall/metadata/revision'
import { isSameSession, type SessionIdentity } from './session-identity.ts'

/** A session whose id is another session's, which is the stored one. */
export type LosingSession = SessionIdentity & { revision: Revision }

/** What is to be written so that each losing session has one row, with its newest document. */
export type CollisionChanges<Known extends LosingSession, Met extends LosingSession> = {
  /** Rows to be deleted: of the session that is stored now, and those that a newer document takes the place of. */
  gone: Known[]
  /** Rows whose document stays, as it was met again. */
  again: { row: Known; times: number }[]
  /** Documents to be kept; `before` is what their session had already. */
  kept: { one: Met; times: number; before: Known | undefined }[]
}

/**
 * In whichever order documents come, the newest revision of all is stored, and of every other session its newest is kept.
 * Documents are only ever compared within one session here.
 */
export function foldCollisions<Known extends LosingSession, Met extends LosingSession>(
  known: readonly Known[],
  winner: SessionIdentity,
  met: readonly Met[],
): CollisionChanges<Known, Met> {
  const gone = known.filter((row) => isSameSession(row, winner))
  const losers = known.filter((row) => !gone.includes(row))
  const again: CollisionChanges<Known, Met>['again'] = []
  const kept: CollisionChanges<Known, Met>['kept'] = []
  for (const session of groupBySession(met.filter((one) => !isSameSession(one, winner)))) {
    const newest = session.reduce((one, other) =>
      compareRevisions(one.revision, other.revision) < 0 ? other : one,
    )
    const row = losers.find((one) => isSameSession(one, newest))
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

function groupBySession<Met extends LosingSession>(met: readonly Met[]): Met[][] {
  const sessions: Met[][] = []
  for (const one of met) {
    const session = sessions.find((others) => others.every((other) => isSameSession(one, other)))
    if (session === undefined) sessions.push([one])
    else session.push(one)
  }
  return sessions
}
