export type Direction = 'inbound' | 'outbound' | 'internal'

/** By rule, not by a closed list (contract, section c.2): spellings differ and new types appear. */
export function directionOf(sessionType: string): Direction {
  if (/outbound|campaign/i.test(sessionType)) return 'outbound'
  return /internal/i.test(sessionType) ? 'internal' : 'inbound'
}
