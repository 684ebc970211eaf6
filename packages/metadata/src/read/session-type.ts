export type Channel = 'call' | 'chat'

export type Direction = 'inbound' | 'outbound' | 'internal'

/** Uses a rule, not a closed list (contract, section c.2): spellings differ, and new types appear. */
export function directionOf(sessionType: string): Direction {
  if (/outbound|campaign/i.test(sessionType)) return 'outbound'
  return /internal/i.test(sessionType) ? 'internal' : 'inbound'
}

/** The channel of a type: by its first word, or by the ending `Call` of old names. */
export function channelOfSessionType(sessionType: unknown): Channel | undefined {
  if (typeof sessionType !== 'string') return undefined
  if (/^\s*messaging/i.test(sessionType)) return 'chat'
  return /^\s*voice|^\s*\w{1,20}call\s*$/i.test(sessionType) ? 'call' : undefined
}
