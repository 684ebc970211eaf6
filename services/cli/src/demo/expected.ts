import type { ExpectedSession, Landing } from './due-file.ts'

/** What must be in the database in the end. */
export type Expected = {
  /** By source, channel and id, each in its newest revision. */
  sessions: Map<string, ExpectedSession>
  keys: Set<string>
  rejectedKeys: Set<string>
  ignoredKeys: Set<string>
}

export function expectNothing(): Expected {
  return { sessions: new Map(), keys: new Set(), rejectedKeys: new Set(), ignoredKeys: new Set() }
}

export function expectSession(expected: Expected, session: ExpectedSession): void {
  const name = `${session.source}/${session.channel}/${session.sessionId}`
  const known = expected.sessions.get(name)
  if (known === undefined || known.revision < session.revision) expected.sessions.set(name, session)
}

/** Notes what each file must lead to, as it lands. */
export function* expecting(expected: Expected, landings: Iterable<Landing>): Generator<Landing, void, void> {
  for (const landing of landings) {
    expected.keys.add(landing.key)
    switch (landing.end) {
      case 'loaded':
        expectSession(expected, landing.session)
        break
      case 'rejected':
        expected.rejectedKeys.add(landing.key)
        break
      case 'ignored':
        expected.ignoredKeys.add(landing.key)
    }
    yield landing
  }
}
