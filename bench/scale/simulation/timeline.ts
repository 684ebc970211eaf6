/** Simulated time: what is planned happens in order of time, and what is planned for one moment in order of planning. */
export type Timeline = {
  nowMs(): number
  /** Plans something. A time that has passed means now. */
  at(timeMs: number, happen: () => void): void
  in(delayMs: number, happen: () => void): void
  /** Lets happen all that is planned up to this time, and what that plans in turn. */
  runUntil(endMs: number): void
}

type Planned = { timeMs: number; order: number; happen: () => void }

/** A binary heap. Nothing reads a clock, so equal plans give equal runs. */
export function createTimeline(): Timeline {
  const heap: Planned[] = []
  let now = 0
  let planned = 0

  function at(timeMs: number, happen: () => void): void {
    if (Number.isNaN(timeMs)) throw new RangeError('an event was planned for no time')
    const event = { timeMs: Math.max(timeMs, now), order: planned++, happen }
    let place = heap.length
    heap.push(event)
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent]
      if (above === undefined || isBefore(above, event)) break
      heap[place] = above
      place = parent
    }
    heap[place] = event
  }

  function takeFirst(): Planned | undefined {
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let place = 0
    for (;;) {
      const left = heap[2 * place + 1]
      const right = heap[2 * place + 2]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (isBefore(last, child)) break
      heap[place] = child
      place = 2 * place + (isRight ? 2 : 1)
    }
    heap[place] = last
    return first
  }

  return {
    nowMs: () => now,
    at,
    in: (delayMs, happen) => at(now + delayMs, happen),
    runUntil(endMs) {
      for (let next = heap[0]; next !== undefined && next.timeMs <= endMs; next = heap[0]) {
        takeFirst()
        now = next.timeMs
        next.happen()
      }
      now = Math.max(now, endMs)
    },
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.timeMs < other.timeMs || (one.timeMs === other.timeMs && one.order < other.order)
}
