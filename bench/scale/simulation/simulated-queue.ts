import type { Meter } from './meter.ts'
import type { QueueTimes } from './simulated-system.ts'
import type { Timeline } from './timeline.ts'

/** One message, which stands for `grain` files. */
export type SimulatedMessage = {
  sentMs: number
  isStored: boolean
  isDeleted: boolean
  receives: number
}

export type SimulatedQueue = {
  arrive(): void
  /** A poll: answered at once if messages wait, else when the next one arrives. Returns how to end it. */
  receive(max: number, answer: (messages: SimulatedMessage[]) => void): () => void
  /** Makes a message visible again after a delay. */
  bringBack(message: SimulatedMessage, delayMs: number): void
  remove(message: SimulatedMessage): void
  waiting(): number
  oldestMs(): number
  left(): number
}

type Poll = { max: number; answer(messages: SimulatedMessage[]): void; isOpen: boolean }

/** A standard queue. It answers a poll after `callMs`; messages that came back are given out first. */
export function createSimulatedQueue(options: {
  timeline: Timeline
  meter: Meter
  times: QueueTimes
  grain: number
}): SimulatedQueue {
  const { timeline, meter, times } = options
  const fresh = createLine()
  const back = createLine()
  let polls: Poll[] = []
  let left = 0

  function waiting(): number {
    return fresh.length() + back.length()
  }

  function add(line: Line, message: SimulatedMessage): void {
    line.push(message)
    meter.waiting(waiting(), timeline.nowMs() - message.sentMs)
    const poll = polls.shift()
    if (poll !== undefined) give(poll)
  }

  function give(poll: Poll): void {
    const messages: SimulatedMessage[] = []
    while (messages.length < poll.max) {
      const message = back.shift() ?? fresh.shift()
      if (message === undefined) break
      message.receives += 1
      messages.push(message)
    }
    poll.isOpen = false
    meter.waiting(waiting(), oldestMs())
    meter.received()
    timeline.in(times.callMs, () => poll.answer(messages))
  }

  function oldestMs(): number {
    const first = Math.min(back.first()?.sentMs ?? Infinity, fresh.first()?.sentMs ?? Infinity)
    return first === Infinity ? 0 : timeline.nowMs() - first
  }

  return {
    arrive() {
      left += 1
      meter.arrived()
      add(fresh, { sentMs: timeline.nowMs(), isStored: false, isDeleted: false, receives: 0 })
    },
    receive(max, answer) {
      const poll = { max, answer, isOpen: true }
      if (waiting() > 0) give(poll)
      else polls.push(poll)
      return () => {
        if (!poll.isOpen) return
        poll.isOpen = false
        polls = polls.filter((other) => other !== poll)
      }
    },
    bringBack(message, delayMs) {
      meter.broughtBack()
      timeline.in(delayMs, () => {
        if (!message.isDeleted) add(back, message)
      })
    },
    remove(message) {
      if (message.isDeleted) return
      message.isDeleted = true
      left -= 1
      meter.deleted(timeline.nowMs() - message.sentMs)
    },
    waiting,
    oldestMs,
    left: () => left,
  }
}

type Line = {
  push(message: SimulatedMessage): void
  shift(): SimulatedMessage | undefined
  first(): SimulatedMessage | undefined
  length(): number
}

/** First in, first out, in constant time. */
function createLine(): Line {
  let items: SimulatedMessage[] = []
  let next = 0
  return {
    push: (message) => void items.push(message),
    shift() {
      const message = items[next]
      if (message === undefined) return undefined
      next += 1
      if (next > 10_000 && next * 2 > items.length) {
        items = items.slice(next)
        next = 0
      }
      return message
    },
    first: () => items[next],
    length: () => items.length - next,
  }
}
