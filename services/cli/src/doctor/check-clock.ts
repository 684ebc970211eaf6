import type { CheckResult } from './check-result.ts'

/** How far another clock is ahead of this machine's, in milliseconds; negative when it is behind. */
export type ClockResult = { place: string; aheadMs: number }

/** Lag is measured, and revisions are ordered, with clocks that agree to about this. */
const noticedMs = 30_000
/** S3 and SQS refuse requests that are 15 minutes off; this warns well before that. */
const wrongMs = 300_000

export function checkClock(readings: readonly ClockResult[]): CheckResult {
  const check = 'clock'
  if (readings.length === 0) {
    return {
      check,
      level: 'notice',
      detail: 'could not be compared: neither the store nor the database sent its time',
      fix: 'see the checks above',
    }
  }
  const detail = readings.map(({ place, aheadMs }) => `${place}: ${describe(aheadMs)}`).join(', ')
  const worstMs = Math.max(...readings.map(({ aheadMs }) => Math.abs(aheadMs)))
  if (worstMs < noticedMs) return { check, level: 'ok', detail }
  const fix =
    'synchronize the clocks of this machine and of the server with NTP: AWS refuses requests that are 15 minutes off'
  return { check, level: worstMs < wrongMs ? 'notice' : 'problem', detail, fix }
}

function describe(aheadMs: number): string {
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  // The Date header has a resolution of one second.
  if (seconds <= 1) return 'in sync'
  return `${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine`
}
