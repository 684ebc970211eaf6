import { judgePoll, scalePolls } from '../../../packages/storage/src/queue/scale-polls.ts'
import type { SimulatedMessage, SimulatedQueue } from './simulated-queue.ts'
import type { WorkerLimits } from './simulated-system.ts'
import type { Timeline } from './timeline.ts'

/** As the worker has it: `packages/storage/src/queue/receive-messages.ts`. */
const gatherMs = 30
/** Fewer permits than a call can bring are taken after this: `packages/storage/src/queue/consume-queue.ts`. */
const permitsLingerMs = 10
/** A call brings at most ten messages. */
const messagesPerCall = 10

export type SimulatedPolls = {
  open(): void
  close(): void
  /** Permits of messages that have ended. */
  release(count: number): void
}

/** The polls of a worker: more of them while messages wait, one with a pause in between while they come singly. */
export function createSimulatedPolls(options: {
  timeline: Timeline
  queue: SimulatedQueue
  grain: number
  /** Messages. */
  inFlightMax: number
  limits: WorkerLimits
  start(message: SimulatedMessage): void
}): SimulatedPolls {
  const { timeline, queue, grain, inFlightMax, limits, start } = options
  const ofCall = Math.max(1, Math.floor(messagesPerCall / grain))
  const ends = new Set<() => void>()
  let free = inFlightMax
  let wanted = 1
  let open = 0
  let isClosed = true
  let isLingering = false

  function openWanted(): void {
    while (!isClosed && open < wanted && free >= ofCall) poll()
    if (isClosed || isLingering || open >= wanted || free === 0) return
    isLingering = true
    timeline.in(permitsLingerMs, () => {
      isLingering = false
      if (!isClosed && open < wanted && free > 0) poll()
      openWanted()
    })
  }

  function poll(): void {
    open += 1
    const asked = Math.min(ofCall, free)
    free -= asked
    const end = queue.receive(asked, (messages) => {
      ends.delete(end)
      const longestMs = Math.max(0, ...messages.map(({ sentMs }) => timeline.nowMs() - sentMs))
      free += asked - messages.length
      for (const message of messages) start(message)
      const need = judgePoll({ asked, given: messages.length, waitedMs: longestMs })
      wanted = scalePolls(wanted, need, limits.receivers)
      const pauseMs = need === 'ahead' && open <= wanted ? gatherMs : 0
      timeline.in(pauseMs, () => {
        open -= 1
        openWanted()
      })
    })
    ends.add(end)
  }

  return {
    open() {
      isClosed = false
      openWanted()
    },
    close() {
      isClosed = true
      for (const end of ends) end()
      ends.clear()
    },
    release(count) {
      free += count
      openWanted()
    },
  }
}
