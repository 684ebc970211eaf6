import { planSamples, type SamplePlanOptions, type SampleSession, sampleSession } from './sample-session.ts'

export type SampleStreamOptions = SamplePlanOptions & {
  /** How many sessions the stream has. */
  sessions: number
  /** Number of the first one, 0 where not given: parts of a stream can be made apart from each other. */
  from?: number
}

/**
 * Sessions `from` to `from + sessions - 1` of the seed, one at a time and without keeping any. They come
 * in order of their number, which is not the order of time.
 */
export function* sampleSessions(options: SampleStreamOptions): Generator<SampleSession, void, void> {
  const { sessions, from = 0, ...planOptions } = options
  const plan = planSamples(planOptions)
  for (let number = from; number < from + sessions; number++) yield sampleSession(plan, number)
}
