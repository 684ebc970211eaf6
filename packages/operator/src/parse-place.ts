import { int8Max } from '@aftercall/metadata/tables/columns'

export type ObjectPlace = { kind: 'object'; bucket: string; key: string }
export type SessionPlace = { kind: 'session'; source: string; channel: 'call' | 'chat'; sessionId: string }

/** The greatest id that the tables can hold; the least is one below its negative. */
export const sessionIdMax = int8Max

/**
 * `s3://BUCKET/KEY`, `SOURCE/call/ID` or `SOURCE/chat/ID`; undefined for anything else. It only reads the text. The
 * platform writes `call_1418` in its event logs and `call-1418` in file names.
 */
export function parsePlace(text: string): ObjectPlace | SessionPlace | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(text) ?? []
  if (bucket !== undefined && key !== undefined) return { kind: 'object', bucket, key }
  return parseSession(text)
}

export function parseSession(text: string): SessionPlace | undefined {
  const [, source, channel, sessionId] =
    /^([a-z][a-z0-9_]{0,31})\/(call|chat)[/_-](-?\d{1,19})$/.exec(text) ?? []
  if (source === undefined || sessionId === undefined || (channel !== 'call' && channel !== 'chat'))
    return undefined
  const id = BigInt(sessionId)
  if (id > sessionIdMax || id < -sessionIdMax - 1n) return undefined
  return { kind: 'session', source, channel, sessionId }
}
