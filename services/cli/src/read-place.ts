import { UsageError } from './cli-context.ts'

export type ObjectPlace = { kind: 'object'; bucket: string; key: string }
export type SessionPlace = { kind: 'session'; source: string; channel: 'call' | 'chat'; sessionId: string }

/** `s3://BUCKET/KEY`, `SOURCE/call/ID` or `SOURCE/chat/ID`. */
export function readPlace(text: string): ObjectPlace | SessionPlace {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(text) ?? []
  if (bucket !== undefined && key !== undefined) return { kind: 'object', bucket, key }
  const session = matchSession(text)
  if (session !== undefined) return session
  throw new UsageError(
    `${text} is neither an object (s3://BUCKET/KEY) nor a session (SOURCE/call/ID or SOURCE/chat/ID)`,
  )
}

export function readSession(text: string): SessionPlace {
  const session = matchSession(text)
  if (session !== undefined) return session
  throw new UsageError(`${text} is not a session: write SOURCE/call/ID or SOURCE/chat/ID`)
}

function matchSession(text: string): SessionPlace | undefined {
  const [, source, channel, sessionId] =
    /^([a-z][a-z0-9_]{0,31})\/(call|chat)\/(-?\d{1,19})$/.exec(text) ?? []
  if (source === undefined || sessionId === undefined || (channel !== 'call' && channel !== 'chat'))
    return undefined
  return { kind: 'session', source, channel, sessionId }
}
