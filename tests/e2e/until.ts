import { setTimeout as wait } from 'node:timers/promises'

/** Far above what a slow machine needs, below the time limit of a test. */
export const limitMs = 60_000
/** Of a test that waits for several things in a row. */
export const testMs = 150_000

const pollMs = 25

/** What might tell why something did not come about: asked when the time is over. */
export const witnesses = new Set<() => string>()

/**
 * Asks until there is an answer, and gives it. `undefined` and `false` mean "not yet"; so does an error, which is told
 * when the time is over. The only way these tests wait.
 */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
): Promise<Answer> {
  const deadline = performance.now() + limitMs
  for (;;) {
    let reason: unknown
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      reason = error
    }
    if (performance.now() > deadline) throw lateError(what, reason instanceof Error ? reason.message : '')
    await wait(pollMs)
  }
}

/** Waits for something that ends by itself; an error that names it when it takes too long. */
export async function inTime<Answer>(what: string, work: Promise<Answer>): Promise<Answer> {
  const over = new AbortController()
  const late = wait(limitMs, undefined, { signal: over.signal }).then(() => {
    throw lateError(what, '')
  })
  // When the work is done first, the aborted wait is nobody's business.
  late.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}

function lateError(what: string, reason: string): Error {
  return new Error(
    [`it did not come about that ${what}`, reason, ...[...witnesses].map((tell) => tell())].join('\n'),
  )
}
