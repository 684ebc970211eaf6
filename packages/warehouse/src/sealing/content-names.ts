import type { StorableSession } from '../copy/encode-session.ts'
import type { ContentName } from './seal-bytes.ts'

export type DocumentOf = {
  source: string
  channel: string
  sessionId: string
  /** In lower-case hex. */
  contentSha256: string
}

export function documentOf({ session }: { session: Pick<StorableSession, 'key' | 'revision'> }): DocumentOf {
  const { source, channel, sessionId } = session.key
  return { source, channel, sessionId: String(sessionId), contentSha256: session.revision.contentSha256 }
}

/** The same in every table, so that a document can be moved between them without being read. */
export function nameOfDocument({ source, channel, sessionId, contentSha256 }: DocumentOf): ContentName {
  return ['document', source, channel, sessionId, contentSha256]
}

export function nameOfOriginal({ source, channel, sessionId, contentSha256 }: DocumentOf): ContentName {
  return ['original', source, channel, sessionId, contentSha256]
}

export function nameOfRejected(contentSha256: string): ContentName {
  return ['rejected', contentSha256]
}
