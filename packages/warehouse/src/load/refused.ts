import { sqlErrorClassOf, sqlStateOf } from '../connection/error-class.ts'
import type { StorableSession } from '../copy/encode-session.ts'
import type { Rejection } from '../ledger/rejections.ts'
import { type Documents, isNonEmpty, type NonEmpty, type Settlement } from './settlement.ts'

/** Tries to commit a part of a settlement; throws the database's error. */
type Commit = (settlement: Settlement) => Promise<unknown>

/**
 * What is left of an object whose documents the database refuses: the documents at fault become rejections. The good
 * documents of an object with several are committed on the way, found by halving. The ledger is not written yet. Throws
 * any error that is not a refusal.
 */
export async function withoutRefused(
  documents: Documents,
  error: unknown,
  commit: Commit,
): Promise<Settlement> {
  const { object, inLedger, sessions } = documents
  const refused = sessions.length > 1 ? await findRefused(documents, sessions, commit) : sessions
  if (!isNonEmpty(refused)) return documents
  const state = sqlStateOf(error) ?? 'unknown'
  const [first, ...more] = [...documents.rejections, rejectionOf(documents, refused, state)]
  const good = sessions.filter((one) => !refused.includes(one))
  if (isNonEmpty(good)) return { ...documents, sessions: good, rejections: [first, ...more] }
  return { kind: 'rejected', object: inLedger ? object : null, rejections: [first, ...more] }
}

async function findRefused(
  documents: Documents,
  sessions: readonly StorableSession[],
  commit: Commit,
): Promise<readonly StorableSession[]> {
  if (!isNonEmpty(sessions)) return []
  try {
    await commit({ ...documents, inLedger: false, sessions, rejections: [] })
    return []
  } catch (error) {
    if (sqlErrorClassOf(error) !== 'refused') throw error
    if (sessions.length === 1) return (await isRefusedAgain(documents, sessions, commit)) ? sessions : []
    const middle = Math.ceil(sessions.length / 2)
    const first = await findRefused(documents, sessions.slice(0, middle), commit)
    return [...first, ...(await findRefused(documents, sessions.slice(middle), commit))]
  }
}

/** The cause of the refusal may be over. */
async function isRefusedAgain(
  documents: Documents,
  sessions: NonEmpty<StorableSession>,
  commit: Commit,
): Promise<boolean> {
  try {
    await commit({ ...documents, inLedger: false, sessions, rejections: [] })
    return false
  } catch (error) {
    if (sqlErrorClassOf(error) !== 'refused') throw error
    return true
  }
}

function rejectionOf(
  { object, content }: Documents,
  refused: readonly StorableSession[],
  state: string,
): Rejection {
  const names = refused.slice(0, 3).map(({ key }) => `${key.channel} ${key.sessionId}`)
  const more = refused.length > names.length ? ` and ${refused.length - names.length} more` : ''
  return {
    source: object.source,
    bucket: object.bucket,
    objectKey: object.key,
    versionId: object.versionId ?? null,
    messageId: null,
    code: 'database_refused',
    detail: `Postgres refused ${names.join(', ')}${more} with SQLSTATE ${state}`,
    content,
  }
}
