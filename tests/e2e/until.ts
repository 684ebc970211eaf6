import { setTimeout as wait } from 'node:timers/promises'
import { countOf } from '@aftercall/testkit/test-count'

/** Far above what a busy machine needs, below the time limit of a test. */
export const limitMs = 120_000
/** For a test that waits for several things in a row, or for each part of a large load. */
export const testMs = countOf({ quick: 300_000, thorough: 1_200_000 })

/** A wait is short or long: asking a hundred times costs more than the thing that is waited for. */
const pollMsMin = 25
const pollMsMax = 250

/** What may explain why something did not happen. Asked when the time is up. */
export const witnesses = new Set<() => string>()

/** Processes that ended although no test asked them to. Each of them ends every wait. */
export const deaths = new Set<HopelessError>()

/** What is waited for cannot happen any more. */
export class HopelessError extends Error {}

/**
 * Asks until there is an answer, and returns it. `undefined` and `false` mean "not yet". So does an error, which is
 * part of the message when the time is up; a `HopelessError` ends the wait at once. The only way these tests wait.
 */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
): Promise<Answer> {
  const deadline = performance.now() + limitMs
  for (let pollMs = pollMsMin; ; pollMs = Math.min(pollMs * 1.2, pollMsMax)) {
    let reason: unknown
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      if (error instanceof HopelessError) throw error
      reason = error
    }
    for (const death of deaths) throw waitError(what, death.message)
    if (performance.now() > deadline) throw waitError(what, reason instanceof Error ? reason.message : '')
    await wait(pollMs)
  }
}

/** Waits for something that ends by itself. Throws an error that names it when it takes too long. */
export async function inTime<Answer>(what: string, work: Promise<Answer>): Promise<Answer> {
  const over = new AbortController()
  const late = wait(limitMs, undefined, { signal: over.signal }).then(() => {
    throw waitError(what, '')
  })
  // The wait is aborted when the work is done first.
  late.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}

function waitError(what: string, reason: string): Error {
  return new Error(
    [`waited in vain until ${what}`, reason, ...[...witnesses].map((witness) => witness())].join('\n'),
  )
}
