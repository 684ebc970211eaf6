import { type Random, unit } from '@aftercall/samples/random'
import type { SimulatedSystem } from './simulated-system.ts'
import type { Timeline } from './timeline.ts'

type PlanOptions = {
  system: SimulatedSystem
  timeline: Timeline
  random: Random
  arrive(): void
}

/** Plans one arrival at a time. Returns when the last piece ends. */
export function planArrivals({ system, timeline, random, arrive }: PlanOptions): number {
  const { arrivals, grain } = system
  let piece = 0

  /** Within a piece the gaps are exponential. A gap beyond its end is drawn again from there, by the new rate. */
  function planNext(fromMs: number): void {
    let timeMs = fromMs
    for (let now = arrivals[piece]; now !== undefined; now = arrivals[piece]) {
      const meanMs = (1_000 * grain) / now.perSecond
      const next =
        now.perSecond === 0 ? Number.POSITIVE_INFINITY : timeMs - meanMs * Math.log(1 - unit(random))
      if (next < now.untilMs) {
        timeline.at(next, () => {
          arrive()
          planNext(next)
        })
        return
      }
      timeMs = now.untilMs
      piece += 1
    }
  }

  planNext(0)
  return arrivals.at(-1)?.untilMs ?? 0
}
