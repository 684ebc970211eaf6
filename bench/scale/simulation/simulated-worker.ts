import { type Random, unit } from '@aftercall/samples/random'
import type { Meter } from './meter.ts'
import { createSimulatedBatcher } from './simulated-batcher.ts'
import type { SimulatedDatabase } from './simulated-database.ts'
import { createSimulatedFetches, halfFixedMs } from './simulated-fetches.ts'
import { createSimulatedPolls } from './simulated-polls.ts'
import type { SimulatedMessage, SimulatedQueue } from './simulated-queue.ts'
import type { SimulatedStore } from './simulated-store.ts'
import type { SimulatedSystem } from './simulated-system.ts'
import type { Timeline } from './timeline.ts'

export type Surroundings = {
  system: SimulatedSystem
  timeline: Timeline
  meter: Meter
  queue: SimulatedQueue
  database: SimulatedDatabase
  store: SimulatedStore
  random: Random
}

export type SimulatedWorker = {
  start(): void
  /** Receives no more, and returns what has not ended within the grace time. */
  stop(): void
  /** Its messages come back after their visibility timeout. */
  kill(): void
}

/** Deletes gather this long: `packages/storage/src/queue/ack-or-return.ts`. */
const ackLingerMs = 50
/** A message that failed: `packages/ingest/src/disposition.ts`. */
const returnBackoff = { baseMs: 5_000, capMs: 900_000 }

/** receive → GET → map on one thread → batch → commit → delete. A permit is kept from the receive to the commit. */
export function createSimulatedWorker(surroundings: Surroundings): SimulatedWorker {
  const { system, timeline, meter, queue, database, store, random } = surroundings
  const { grain, worker: limits } = system
  const inFlightMax = Math.max(1, Math.floor(limits.inFlight / grain))
  const inFlight = new Set<SimulatedMessage>()
  const polls = createSimulatedPolls({ timeline, queue, grain, inFlightMax, limits, start })
  const fetches = createSimulatedFetches({ timeline, store, grain, inFlightMax, random })
  const batcher = createSimulatedBatcher({
    timeline,
    sizeMax: Math.max(1, Math.floor(limits.batchSize / grain)),
    lingerMs: limits.lingerMs,
    flushesMax: limits.commitsMax,
    flush: (batch, done) =>
      database.commit(batch.length * grain, () => {
        stored(batch)
        done()
      }),
  })
  let state: 'runs' | 'stops' | 'dead' = 'runs'
  let threadFreeMs = 0

  function start(message: SimulatedMessage): void {
    if (state !== 'runs') {
      queue.bringBack(message, state === 'dead' ? timeoutLeftMs() : 0)
      return
    }
    inFlight.add(message)
    fetches.fetch((end) => {
      if (end === 'file') map(message)
      else returnMessage(message, halfFixedMs(message.receives, returnBackoff, random))
    })
  }

  function map(message: SimulatedMessage): void {
    if (!inFlight.has(message)) return
    threadFreeMs = Math.max(timeline.nowMs(), threadFreeMs) + limits.cpuMs * grain
    timeline.at(threadFreeMs, () => {
      if (inFlight.has(message)) batcher.add(message)
    })
  }

  /** A batch of a worker that died is rolled back. */
  function stored(batch: readonly SimulatedMessage[]): void {
    if (state === 'dead') return
    const ended = batch.filter((message) => inFlight.has(message))
    for (const message of ended) {
      if (message.isStored) meter.storedAgain()
      else meter.stored(timeline.nowMs() - message.sentMs)
      message.isStored = true
    }
    polls.release(ended.length)
    meter.deleteCalls(Math.ceil((ended.length * grain) / 10))
    timeline.in(ackLingerMs + system.queue.callMs, () => {
      for (const message of ended) if (inFlight.delete(message)) queue.remove(message)
    })
  }

  function returnMessage(message: SimulatedMessage, delayMs: number): void {
    if (!inFlight.delete(message)) return
    polls.release(1)
    queue.bringBack(message, delayMs)
  }

  /** The last heartbeat was at most half of the timeout ago. */
  function timeoutLeftMs(): number {
    return system.queue.visibilityMs * (0.5 + unit(random) / 2)
  }

  return {
    start: polls.open,
    stop() {
      state = 'stops'
      polls.close()
      timeline.in(limits.graceMs, () => {
        for (const message of inFlight) returnMessage(message, 0)
      })
    },
    kill() {
      state = 'dead'
      polls.close()
      for (const message of inFlight) queue.bringBack(message, timeoutLeftMs())
      inFlight.clear()
    },
  }
}
