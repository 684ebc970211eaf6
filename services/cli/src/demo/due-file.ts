import type { SampleSession } from '@aftercall/samples/make-sample'
import { writeDocument } from '@aftercall/samples/sample-session'

/** A file that lands in the bucket, `atMs` after the start of the play. */
export type Landing = { atMs: number; key: string; bytes: Uint8Array } & (
  | { end: 'loaded'; session: ExpectedSession }
  | { end: 'rejected' | 'ignored'; session: null }
)

/** What must be stored of a session once this revision has landed. */
export type ExpectedSession = {
  source: string
  channel: string
  sessionId: string
  participants: number
  transfers: number
  updatedAt: unknown
  /** A greater one is newer. */
  revision: number
}

/** A file that will land. It is made only then, which may be days later. */
export type DueFile = { atMs: number; make(): Landing }

export type DueRevision = {
  atMs: number
  revision: number
  session(): SampleSession
  /** Added to the document. */
  news?: Record<string, unknown>
  /** The folder of a copy, below that of the source. */
  folder?: string
}

export function dueFile({ atMs, revision, session, news = {}, folder }: DueRevision): DueFile {
  function make(): Landing {
    const { tenant, channel, sessionId, revisions } = session()
    const made = revisions[revision]
    if (made === undefined) throw new Error(`session ${tenant}/${channel}/${sessionId} has no such revision`)
    return {
      atMs,
      key: [tenant, 'metadata', ...(folder === undefined ? [] : [folder]), made.key].join('/'),
      bytes: Buffer.from(writeDocument({ ...made.document, ...news })),
      end: 'loaded',
      session: expectedSession({ tenant, channel, sessionId }, made.document, revision),
    }
  }
  return { atMs, make }
}

export function expectedSession(
  { tenant, channel, sessionId }: Pick<SampleSession, 'tenant' | 'channel' | 'sessionId'>,
  document: Record<string, unknown>,
  revision: number,
): ExpectedSession {
  return {
    source: tenant,
    channel,
    sessionId: String(sessionId),
    participants: lengthOf(document.participants),
    transfers: lengthOf(document.transfers),
    updatedAt: document.updated_at,
    revision,
  }
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}
