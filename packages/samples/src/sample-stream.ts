import type { SampleSession } from './make-sample.ts'
import { planSamples, type SamplePlanOptions, sampleSession } from './sample-session.ts'

export type SampleStreamOptions = SamplePlanOptions & {
  /** How many sessions the stream has. */
  sessions: number
  /** Number of the first session. 0 by default. Allows creating parts of a stream separately. */
  from?: number
}

/**
 * Sessions `from` to `from + sessions - 1` of the seed, one at a time, without keeping any. They are in order of their number,
 * which is not chronological.
 */
export function* sampleSessions(options: SampleStreamOptions): Generator<SampleSession, void, void> {
  const { sessions, from = 0, ...planOptions } = options
  const plan = planSamples(planOptions)
  for (let number = from; number < from + sessions; number++) yield sampleSession(plan, number)
}
