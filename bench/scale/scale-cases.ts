import type { Assumed } from './assumptions.ts'
import type { Measured } from './measured-figures.ts'
import type { Arrivals, Scaling, SimulatedSystem } from './simulation/simulated-system.ts'
import type { Size } from './size-machine.ts'

const minuteMs = 60_000

/** Assumed: S3 and SQS in the Region of the workers, and how long a new worker takes until it receives. */
const getMs = 40
const getSpread = 0.5
const callMs = 10
const commitMs = 3
const ecsStartMs = 60_000
const kedaStartMs = 20_000
/** Queries, vacuum and checkpoints have a quarter of Postgres to themselves. */
const loadingShare = 0.75

/** The default configuration of a worker, with its measured costs, on a server with these cores for loading. */
export function baseSystem(measured: Measured, cores: number): SimulatedSystem {
  return {
    seed: 'scale',
    arrivals: [],
    grain: 1,
    queue: { callMs, visibilityMs: 60_000 },
    store: { getMs, getSpread, getsPerSecondMax: Number.POSITIVE_INFINITY },
    worker: {
      ...{ inFlight: 256, batchSize: 200, lingerMs: 20, commitsMax: 2, receivers: 16 },
      ...{ cpuMs: measured.workerCpuMs, graceMs: 25_000 },
    },
    database: { cores, cpuMs: measured.postgresCpuMs, commitMs, away: [] },
    scaling: { kind: 'fixed', workers: 1 },
    kills: [],
  }
}

/** The cases of the page: each a course of load for a size of machine. */
export type ScaleCase = {
  name: string
  arrivals(size: Size): Arrivals[]
  /** With a fixed number of workers. */
  isSteady?: true
  awayMs?: { fromMs: number; untilMs: number }
}

export const scaleCases: readonly ScaleCase[] = [
  {
    name: 'Half an hour at the peak rate, with all workers of line F',
    arrivals: ({ peakRate }) => pieces([30, peakRate]),
    isSteady: true,
  },
  {
    name: "Monday 9 o'clock: within 40 minutes from a tenth of the peak to all of it, and half an hour of that",
    arrivals: ({ peakRate: rate }) =>
      pieces(
        [10, rate * 0.1],
        [10, rate * 0.25],
        [10, rate * 0.5],
        [10, rate * 0.75],
        [30, rate],
        [10, rate * 0.5],
      ),
  },
  {
    name: 'Ten times the mean for 10 minutes',
    arrivals: ({ meanRate: rate }) => pieces([10, rate], [10, rate * 10], [30, rate]),
  },
  {
    name: 'Postgres away for an hour, at the mean rate',
    arrivals: ({ meanRate: rate }) => pieces([120, rate]),
    awayMs: { fromMs: 10 * minuteMs, untilMs: 70 * minuteMs },
  },
]

/** Minutes and files a second, one after the other. */
function pieces(...parts: [minutes: number, perSecond: number][]): Arrivals[] {
  let untilMs = 0
  return parts.map(([minutes, perSecond]) => {
    untilMs += minutes * minuteMs
    return { untilMs, perSecond }
  })
}

export type CaseOptions = { size: Size; measured: Measured; assumed: Assumed; by: 'fixed' | 'ecs' | 'keda' }

/** A case on the machines of a size. Workers scale from what the mean rate needs to twice what the peak does. */
export function systemOf(one: ScaleCase, { size, measured, assumed, by }: CaseOptions): SimulatedSystem {
  const base = baseSystem(measured, Math.max(1, Math.floor(size.postgresCpus * loadingShare)))
  const atMean = Math.ceil((size.meanRate * measured.workerCpuMs) / 1_000 / assumed.workerBusyMax)
  const bounds = { workersMin: atMean, workersMax: Math.max(4, size.workers * 2) }
  const scaling: Scaling =
    by === 'fixed'
      ? { kind: by, workers: size.workers }
      : { kind: by, ...bounds, startMs: by === 'ecs' ? ecsStartMs : kedaStartMs }
  return {
    ...base,
    seed: `scale ${one.name} ${by}`,
    grain: size.meanRate > 100 ? 25 : 5,
    arrivals: one.arrivals(size),
    // As many prefixes as twice the peak needs.
    store: { ...base.store, getsPerSecondMax: size.prefixes * 2 * assumed.prefixGetsPerSecond },
    database: { ...base.database, away: one.awayMs === undefined ? [] : [one.awayMs] },
    scaling,
  }
}
