/**
 * Codes of call statuses (contract, section c.1). 19's literal is unverified and 82 is inferred there.
 * Chat statuses have no known codes.
 */
export const callStatusCodes: Readonly<Record<string, number>> = {
  scheduled: 0,
  queued: 1,
  assigned: 2,
  connecting: 3,
  switching: 4,
  connected: 5,
  action_only: 6,
  action_only_finished: 7,
  finished: 8,
  failed: 9,
  recovered: 10,
  deflected: 11,
  selecting: 12,
  va_assigned: 13,
  va_connected: 14,
  preview_pending: 15,
  preview_ready: 16,
  campaign_connecting: 17,
  campaign_connected: 18,
  requeued: 19,
  predictive_waiting: 20,
  progressive_waiting: 21,
  preview_waiting: 22,
  campaign_dialing: 23,
  voicemail: 80,
  voicemail_received: 81,
  voicemail_read: 82,
}

const callStatusOfCode = new Map(Object.entries(callStatusCodes).map(([value, code]) => [code, value]))

export type Status = { value: string; code: number | null }

/** A call's status as text and code, whichever of the two was sent; unknown ones stay as sent. */
export function readCallStatus(sent: string): Status {
  if (/^\d{1,4}$/.test(sent)) {
    const code = Number(sent)
    return { value: callStatusOfCode.get(code) ?? sent, code }
  }
  const canonical = sent.toLowerCase().replaceAll(/[\s-]+/g, '_')
  const code = Object.hasOwn(callStatusCodes, canonical) ? callStatusCodes[canonical] : undefined
  return code === undefined ? { value: sent, code: null } : { value: canonical, code }
}
