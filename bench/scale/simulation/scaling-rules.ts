/** What a rule sees: files that wait, the age of the oldest message, and the workers that run. */
export type Observed = { waiting: number; oldestSeconds: number; workers: number }

/**
 * How ECS adds and removes workers: the steps of infra/src/scale-workers.ts, which infra/terraform/worker.tf repeats. Each
 * rule has its own cooldown, and acts on the third minute in a row that calls for a step. A test compares them with both.
 */
export const ecsRules = {
  backlog: {
    steps: [
      { upper: 200, change: -1 },
      { lower: 5_000, change: +1 },
      { lower: 50_000, change: +3 },
    ],
    cooldownMs: 180_000,
  },
  oldest: {
    steps: [
      { lower: 300, change: +1 },
      { lower: 1_800, change: +2 },
    ],
    cooldownMs: 300_000,
  },
  minutesInARow: 3,
} as const

export type Step = { lower?: number; upper?: number; change: number }

/** The change that a value calls for: removal at or below `upper`, else the highest `lower` that it reaches. */
export function stepOf(value: number, steps: readonly Step[]): number {
  let change = 0
  for (const { lower, upper, change: own } of steps) {
    if (upper !== undefined && value <= upper) return own
    if (lower !== undefined && value >= lower) change = own
  }
  return change
}

/** How KEDA does: infra/helm/templates/worker-scaler.yaml with infra/helm/values.yaml. A test compares them. */
export const kedaRules = {
  pollingMs: 30_000,
  filesPerWorker: 5_000,
  ageSeconds: 300,
  stabilizationMs: 180_000,
  /** One worker fewer in this time. */
  removeEveryMs: 60_000,
} as const

/** Of Kubernetes' autoscaler, by its defaults: how often it looks, what it does not act on, and what it adds at most at a time. */
const tolerance = 0.1
const addMin = 4
export const autoscalerMs = 15_000

/** How many workers the autoscaler asks for, without bounds of its own. */
export function wantedByKeda({ waiting, oldestSeconds, workers }: Observed): number {
  const byTarget = (value: number, target: number): number => {
    const ratio = value / (target * Math.max(1, workers))
    return Math.abs(ratio - 1) <= tolerance ? workers : Math.ceil(value / target)
  }
  return Math.max(byTarget(waiting, kedaRules.filesPerWorker), byTarget(oldestSeconds, kedaRules.ageSeconds))
}

/** At most twice as many or four more at a time. */
export function addedAtMost(workers: number): number {
  return Math.max(workers * 2, workers + addMin)
}
