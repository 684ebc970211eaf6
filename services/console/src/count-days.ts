import { type CompletenessDay, type DaysAnswer, readDays } from '@aftercall/warehouse/console/days'
import type { Database } from '@aftercall/warehouse/database'

type Counted = { days: CompletenessDay[] | 'too_slow'; atMs: number }

/** A page waits for so long; counting itself may take a minute. */
const pageMs = 4_000
const freshMs = 60_000
const freshMsMax = 900_000

/**
 * Counting days reads every session of them, so it goes on behind the page that asked for it, one at a time, and its
 * answer holds for a while: the longer, the longer it took.
 */
export function countDays(db: Database): (count: number) => Promise<DaysAnswer> {
  const known = new Map<string, Counted & { untilMs: number }>()
  const running = new Map<string, Promise<Counted>>()

  async function count(span: { from: string; to: string }, key: string): Promise<Counted> {
    const startedMs = Date.now()
    try {
      const counted = { days: await readDays(db, span), atMs: Date.now() }
      const tookMs = counted.atMs - startedMs
      const untilMs = counted.atMs + Math.min(freshMsMax, Math.max(freshMs, tookMs * 10))
      for (const [old, { untilMs: oldUntilMs }] of known) if (oldUntilMs < counted.atMs) known.delete(old)
      known.set(key, { ...counted, untilMs })
      return counted
    } finally {
      running.delete(key)
    }
  }

  return async (days) => {
    const span = spanOf(days, new Date())
    const key = `${span.from} ${span.to}`
    const kept = known.get(key)
    if (kept !== undefined && Date.now() < kept.untilMs) return answerOf(span, kept)
    const counting = running.get(key) ?? count(span, key)
    running.set(key, counting)
    return answerOf(span, kept ?? (await withinPage(counting)))
  }
}

/** Who asks next is told of a failure that came later. */
async function withinPage(counting: Promise<Counted>): Promise<Counted | undefined> {
  counting.catch(() => {})
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), pageMs)
  try {
    return await Promise.race([counting, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The last so many days, by UTC. */
function spanOf(days: number, now: Date): { from: string; to: string } {
  const from = new Date(now.getTime() - (days - 1) * 86_400_000)
  return { from: from.toISOString().slice(0, 10), to: now.toISOString().slice(0, 10) }
}

function answerOf(span: { from: string; to: string }, counted: Counted | undefined): DaysAnswer {
  const none = { ...span, sources: [], days: [], countedAt: null }
  if (counted === undefined) return { ...none, state: 'counting' }
  if (counted.days === 'too_slow') return { ...none, state: 'too_slow' }
  const sources = [...new Set(counted.days.map((one) => one.source))].sort()
  return { ...span, sources, days: counted.days, state: 'read', countedAt: new Date(counted.atMs) }
}
