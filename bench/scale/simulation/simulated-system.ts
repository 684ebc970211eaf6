/** What is simulated. Times are in milliseconds, rates and costs are of single files. */
export type SimulatedSystem = {
  seed: string
  /** Pieces of time, each with a rate. Files arrive at random (a Poisson process). */
  arrivals: readonly Arrivals[]
  /**
   * How many files one simulated message stands for: 1 for exact delays, more for a faster run of a large system. Keep it
   * well below the files that a worker has in flight.
   */
  grain: number
  queue: QueueTimes
  store: Store
  worker: WorkerLimits
  database: Database
  scaling: Scaling
  /** Times at which a worker is killed. Its messages come back after their visibility timeout, and it is replaced. */
  kills: readonly number[]
  /** When to stop. Without it: when the arrivals are over and the queue is empty. */
  untilMs?: number
}

export type Arrivals = { untilMs: number; perSecond: number }

export type QueueTimes = {
  /** How long a call takes. */
  callMs: number
  visibilityMs: number
}

export type Store = {
  /** How long a GET takes, and by which share of it that differs, both ways. */
  getMs: number
  getSpread: number
  /** GETs a second beyond which the store throttles. S3 begins at 5,500 for each prefix. */
  getsPerSecondMax: number
}

export type WorkerLimits = {
  inFlight: number
  batchSize: number
  lingerMs: number
  /** Batches that are committed at a time: `database.poolMax` - 1. */
  commitsMax: number
  /** Long polls at a time. */
  receivers: number
  /** CPU of a file on the one thread of a worker. */
  cpuMs: number
  graceMs: number
}

export type Database = {
  cores: number
  /** CPU of a file on one core. */
  cpuMs: number
  /** How long a commit takes besides. */
  commitMs: number
  /** When it takes no commits; workers wait, as they do for a database that they cannot reach. */
  away: readonly { fromMs: number; untilMs: number }[]
}

export type Scaling =
  | { kind: 'fixed'; workers: number }
  | { kind: 'ecs'; workersMin: number; workersMax: number; startMs: number }
  | { kind: 'keda'; workersMin: number; workersMax: number; startMs: number }

export type Simulated = {
  /** Files. */
  arrived: number
  stored: number
  /** Files stored again, because a worker ended between the commit and the delete. */
  storedAgain: number
  deleted: number
  /** Files that came back to the queue because a worker ended, or its store throttled too long. */
  returned: number
  /** Files that no delete has ended: waiting, or in flight. */
  left: number
  /** From the arrival to the commit. */
  lagMs: Quantiles
  /** Means over time, in files. */
  waitingMean: number
  systemMean: number
  /** The mean time of a file from its arrival to its delete. */
  sojournMeanMs: number
  waitingMax: number
  /** When the most files waited, and when the queue was empty again after that. */
  waitingMaxAtMs: number
  emptyAgainMs: number
  lastDeleteMs: number
  oldestMaxMs: number
  workersMax: number
  /** Worker hours, starting ones included. */
  workerHours: number
  receiveCalls: number
  deleteCalls: number
  gets: number
  throttledGets: number
  commits: number
  /** Share of all cores. */
  databaseBusy: number
  endMs: number
}

export type Quantiles = { p50: number; p99: number; max: number }
