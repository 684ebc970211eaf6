import {
  addedAtMost,
  autoscalerMs,
  ecsRules,
  kedaRules,
  type Observed,
  stepOf,
  wantedByKeda,
} from './scaling-rules.ts'
import type { SimulatedQueue } from './simulated-queue.ts'
import type { Scaling, SimulatedSystem } from './simulated-system.ts'
import type { Timeline } from './timeline.ts'

export type ScalingOptions = {
  system: SimulatedSystem
  timeline: Timeline
  queue: SimulatedQueue
  running(): number
  wanted(): number
  setWanted(workers: number): void
}

/** Assumed: CloudWatch has a minute's value of a queue a minute later. */
const metricDelayMs = 60_000
const minuteMs = 60_000

/** Looks at the queue again and again, and changes how many workers are wanted. */
export function planScaling(options: ScalingOptions): void {
  const { scaling } = options.system
  switch (scaling.kind) {
    case 'fixed':
      return
    case 'ecs':
      planEcs(options, scaling)
      return
    case 'keda':
      planKeda(options, scaling)
      return
  }
}

function planEcs(options: ScalingOptions, limits: Exclude<Scaling, { kind: 'fixed' }>): void {
  const { timeline, wanted, setWanted } = options
  const rules = [ecsRules.backlog, ecsRules.oldest].map((rule) => ({
    ...rule,
    inARow: [] as number[],
    untilMs: 0,
  }))

  function judge(observed: Observed): void {
    const values = [observed.waiting / Math.max(1, observed.workers), observed.oldestSeconds]
    rules.forEach((rule, at) => {
      const change = stepOf(values[at] ?? 0, rule.steps)
      rule.inARow = [...rule.inARow, change].slice(-ecsRules.minutesInARow)
      const agrees = rule.inARow.filter((other) => Math.sign(other) === Math.sign(change)).length
      if (change === 0 || agrees < ecsRules.minutesInARow || timeline.nowMs() < rule.untilMs) return
      const next = clamp(wanted() + change, limits)
      if (next === wanted()) return
      rule.untilMs = timeline.nowMs() + rule.cooldownMs
      setWanted(next)
    })
  }

  function look(): void {
    const observed = observe(options)
    timeline.in(metricDelayMs, () => judge(observed))
    timeline.in(minuteMs, look)
  }
  timeline.in(minuteMs, look)
}

function planKeda(options: ScalingOptions, limits: Exclude<Scaling, { kind: 'fixed' }>): void {
  const { timeline, running, wanted, setWanted } = options
  let observed = observe(options)
  let recent: { atMs: number; workers: number }[] = []
  let removedMs = 0

  function poll(): void {
    observed = observe(options)
    timeline.in(kedaRules.pollingMs, poll)
  }

  /** More at once; fewer only as far as every wish of the last minutes allows, and one at a time. */
  function judge(): void {
    const now = timeline.nowMs()
    const asked = clamp(wantedByKeda({ ...observed, workers: running() }), limits)
    recent = [...recent, { atMs: now, workers: asked }].filter(
      ({ atMs }) => now - atMs < kedaRules.stabilizationMs,
    )
    const stable = Math.max(...recent.map(({ workers }) => workers))
    if (asked > wanted()) setWanted(Math.min(asked, addedAtMost(wanted())))
    else if (stable < wanted() && now - removedMs >= kedaRules.removeEveryMs) {
      removedMs = now
      setWanted(wanted() - 1)
    }
    timeline.in(autoscalerMs, judge)
  }
  poll()
  judge()
}

function observe({ system, queue, running }: ScalingOptions): Observed {
  return {
    waiting: queue.waiting() * system.grain,
    oldestSeconds: queue.oldestMs() / 1_000,
    workers: running(),
  }
}

function clamp(
  workers: number,
  { workersMin, workersMax }: { workersMin: number; workersMax: number },
): number {
  return Math.min(workersMax, Math.max(workersMin, workers))
}
