import { withTimeout } from '@aftercall/runtime/limits/with-timeout'
import type { CompletenessDay, DaysAnswer } from '@aftercall/warehouse/console/days'

/** Both included. `2026-03-23` */
type Span = { from: string; to: string }

type ReadDays = (span: Span) => Promise<CompletenessDay[] | 'too_slow'>

type Counted = { days: CompletenessDay[] | 'too_slow'; atMs: number }

/** How long a page waits; counting itself may take a minute. */
const pageMs = 4_000
const freshMs = 60_000
const freshMsMax = 900_000
/** Older counts are shown only if counting takes longer than a page may: sources and days have come since. */
const oldMs = 1_200_000

/**
 * Counting days reads all their sessions. It therefore continues after the page has been answered, and its result is kept
 * for a while: the longer it took, the longer.
 */
export function countDays(
  readDays: ReadDays,
  nowMs: () => number = () => Date.now(),
): (count: number) => Promise<DaysAnswer> {
  const known = new Map<string, Counted & { untilMs: number }>()
  const running = new Map<string, Promise<Counted>>()

  async function count(span: Span, key: string): Promise<Counted> {
    const startedMs = nowMs()
    try {
      const counted = { days: await readDays(span), atMs: nowMs() }
      const tookMs = counted.atMs - startedMs
      const untilMs = counted.atMs + Math.min(freshMsMax, Math.max(freshMs, tookMs * 10))
      for (const [old, { untilMs: oldUntilMs }] of known) if (oldUntilMs < counted.atMs) known.delete(old)
      known.set(key, { ...counted, untilMs })
      return counted
    } catch (error) {
      // The next request must get the failure, not an old answer.
      known.delete(key)
      throw error
    } finally {
      running.delete(key)
    }
  }

  return async (days) => {
    const span = spanOf(days, new Date(nowMs()))
    const key = `${span.from} ${span.to}`
    const kept = known.get(key)
    if (kept !== undefined && nowMs() < kept.untilMs) return answerOf(span, kept)
    const counting = running.get(key) ?? count(span, key)
    running.set(key, counting)
    // A failure after the answer must not count as unhandled.
    counting.catch(() => {})
    const isOld = kept === undefined || nowMs() - kept.atMs > oldMs
    return answerOf(span, isOld ? await withTimeout(counting, pageMs, () => kept) : kept)
  }
}

/** The last days, by UTC. */
function spanOf(days: number, now: Date): Span {
  const from = new Date(now.getTime() - (days - 1) * 86_400_000)
  return { from: from.toISOString().slice(0, 10), to: now.toISOString().slice(0, 10) }
}

function answerOf(span: Span, counted: Counted | undefined): DaysAnswer {
  const none = { ...span, sources: [], days: [], countedAt: null }
  if (counted === undefined) return { ...none, state: 'counting' }
  if (counted.days === 'too_slow') return { ...none, state: 'too_slow' }
  const sources = [...new Set(counted.days.map((one) => one.source))].sort()
  return { ...span, sources, days: counted.days, state: 'read', countedAt: new Date(counted.atMs) }
}
