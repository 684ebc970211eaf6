import { sqlErrorClassOf, sqlStateOf } from '../connection/error-class.ts'
import type { StorableSession } from '../copy/encode-session.ts'
import type { Rejection } from '../ledger/rejections.ts'
import type { Settlement } from './settlement.ts'

/** Tries to commit a part of a settlement; throws what the database says. */
type Commit = (settlement: Settlement) => Promise<unknown>

/**
 * A settlement that the database refuses for its data, without the documents at fault: they are rejections now. Of an
 * object with several documents the good ones are committed on the way, found by halving. The ledger is not
 * written yet. Throws what is no refusal.
 */
export async function withoutRefused(alone: Settlement, error: unknown, commit: Commit): Promise<Settlement> {
  const refused =
    alone.sessions.length > 1 ? await findRefused(alone, alone.sessions, commit) : alone.sessions
  if (refused.length === 0) return alone
  const state = sqlStateOf(error) ?? 'unknown'
  const good = alone.sessions.filter((one) => !refused.includes(one))
  return { ...alone, sessions: good, rejections: [...alone.rejections, rejectionOf(alone, refused, state)] }
}

async function findRefused(
  alone: Settlement,
  sessions: StorableSession[],
  commit: Commit,
): Promise<StorableSession[]> {
  try {
    await commit({ ...alone, about: 'replay', sessions, rejections: [] })
    return []
  } catch (error) {
    if (sqlErrorClassOf(error) !== 'refused') throw error
    if (sessions.length === 1) return (await isRefusedAgain(alone, sessions, commit)) ? sessions : []
    const middle = Math.ceil(sessions.length / 2)
    const first = await findRefused(alone, sessions.slice(0, middle), commit)
    return [...first, ...(await findRefused(alone, sessions.slice(middle), commit))]
  }
}

/** What refused it may be over. */
async function isRefusedAgain(
  alone: Settlement,
  sessions: StorableSession[],
  commit: Commit,
): Promise<boolean> {
  try {
    await commit({ ...alone, about: 'replay', sessions, rejections: [] })
    return false
  } catch (error) {
    if (sqlErrorClassOf(error) !== 'refused') throw error
    return true
  }
}

function rejectionOf(
  { object, content }: Settlement,
  refused: readonly StorableSession[],
  state: string,
): Rejection {
  const names = refused.slice(0, 3).map(({ key }) => `${key.channel} ${key.sessionId}`)
  const more = refused.length > names.length ? ` and ${refused.length - names.length} more` : ''
  return {
    source: object?.source ?? null,
    bucket: object?.bucket ?? null,
    objectKey: object?.key ?? null,
    versionId: object?.versionId ?? null,
    messageId: null,
    code: 'database_refused',
    detail: `Postgres refused ${names.join(', ')}${more} with SQLSTATE ${state}`,
    content,
  }
}
