import type { ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import type { Expected } from './expected.ts'

const storedSessions = `
  select s.source, s.channel, s.session_id, s.updated_at,
         (select count(*) from warehouse.call_participant p
          where p.session_created_at = s.created_at
            and (p.source, p.channel, p.session_id) = (s.source, s.channel, s.session_id)),
         (select count(*) from warehouse.transfer t
          where t.session_created_at = s.created_at
            and (t.source, t.channel, t.session_id) = (s.source, s.channel, s.session_id))
  from warehouse.session s`

const ledger = 'select object_key, outcome from ingest.object'

/** Differences from the expected end: each session stored at its newest revision, with exactly its child rows. */
export async function checkDemo(database: ReadOnlySession, expected: Expected): Promise<string[]> {
  return [...(await checkSessions(database, expected)), ...(await checkLedger(database, expected))]
}

async function checkSessions(database: ReadOnlySession, { sessions }: Expected): Promise<string[]> {
  const stored = new Map<string, string>()
  for (const [source, channel, id, updatedAt, participants, transfers] of await rowsOf(
    database,
    storedSessions,
  )) {
    stored.set(`${source}/${channel}/${id}`, `${instant(updatedAt)} ${participants} ${transfers}`)
  }
  let missing = 0
  let different = 0
  for (const { source, channel, sessionId, updatedAt, participants, transfers } of sessions.values()) {
    const found = stored.get(`${source}/${channel}/${sessionId}`)
    if (found === undefined) missing += 1
    else if (found !== `${instant(updatedAt)} ${participants} ${transfers}`) different += 1
  }
  return [
    ...(missing === 0 ? [] : [`${missing} of ${sessions.size} sessions are not stored`]),
    ...(different === 0
      ? []
      : [`${different} sessions are not stored at their newest revision with exactly its child rows`]),
  ]
}

async function checkLedger(
  database: ReadOnlySession,
  { keys, rejectedKeys, ignoredKeys }: Expected,
): Promise<string[]> {
  const outcomes = new Map((await rowsOf(database, ledger)).map(([key, outcome]) => [key ?? '', outcome]))
  let missing = 0
  let wrong = 0
  for (const key of keys) {
    const outcome = outcomes.get(key)
    const kind = outcome === 'rejected' || outcome === 'ignored' ? outcome : 'loaded'
    const expected = rejectedKeys.has(key) ? 'rejected' : ignoredKeys.has(key) ? 'ignored' : 'loaded'
    if (outcome === undefined) missing += 1
    else if (kind !== expected) wrong += 1
  }
  return [
    ...(missing === 0 ? [] : [`${missing} of ${keys.size} objects are not in the ledger`]),
    ...(wrong === 0 ? [] : [`${wrong} objects have the wrong outcome`]),
  ]
}

async function rowsOf(database: ReadOnlySession, query: string): Promise<(string | null)[][]> {
  return (await database.query(query))[0]?.rows ?? []
}

function instant(text: unknown): number {
  return typeof text === 'string'
    ? Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
    : Number.NaN
}
