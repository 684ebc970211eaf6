import { fork, randomFrom } from '@aftercall/samples/random'
import { createMeter } from './meter.ts'
import { planArrivals } from './plan-arrivals.ts'
import { createSimulatedDatabase } from './simulated-database.ts'
import { createFleet } from './simulated-fleet.ts'
import { createSimulatedQueue } from './simulated-queue.ts'
import { createSimulatedStore } from './simulated-store.ts'
import type { Simulated, SimulatedSystem } from './simulated-system.ts'
import { createTimeline } from './timeline.ts'

/** After the arrivals are over, how long the queue may take to become empty. */
const catchUpMsMax = 7 * 86_400_000
const stepMs = 1_000

/**
 * Messages, workers, a store that throttles and a database with a number of cores, as events in simulated time: no clock is
 * read, and the same system gives the same figures. bench/README.md says what is left out.
 */
export function simulate(system: SimulatedSystem): Simulated {
  const timeline = createTimeline()
  const random = randomFrom(system.seed)
  const meter = createMeter(timeline, system.grain)
  const queue = createSimulatedQueue({ timeline, meter, times: system.queue, grain: system.grain })
  const database = createSimulatedDatabase({ timeline, database: system.database })
  const store = createSimulatedStore({ timeline, store: system.store, random: fork(random, 'store') })
  const fleet = createFleet({
    system,
    timeline,
    meter,
    queue,
    database,
    store,
    random: fork(random, 'fleet'),
  })

  const arrivalsEndMs = planArrivals({
    system,
    timeline,
    random: fork(random, 'arrivals'),
    arrive: queue.arrive,
  })
  for (const killMs of system.kills) timeline.at(killMs, fleet.killOne)
  fleet.start()

  if (system.untilMs === undefined) {
    timeline.runUntil(arrivalsEndMs)
    while (queue.left() > 0) {
      if (timeline.nowMs() > arrivalsEndMs + catchUpMsMax) {
        throw new Error(`the queue never became empty: ${queue.left() * system.grain} files are left`)
      }
      timeline.runUntil(timeline.nowMs() + stepMs)
    }
  } else {
    timeline.runUntil(system.untilMs)
  }
  const endMs = timeline.nowMs()
  return {
    ...meter.figures(),
    left: queue.left() * system.grain,
    gets: store.gets() * system.grain,
    throttledGets: store.throttled() * system.grain,
    commits: database.commits(),
    databaseBusy: database.busyMs() / (system.database.cores * endMs),
    endMs,
  }
}
