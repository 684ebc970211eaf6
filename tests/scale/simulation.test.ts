import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { measured, measuredValues } from '../../bench/scale/measured-figures.ts'
import { baseSystem } from '../../bench/scale/scale-cases.ts'
import { simulate } from '../../bench/scale/simulation/simulate.ts'
import type { SimulatedSystem } from '../../bench/scale/simulation/simulated-system.ts'

const seconds = (count: number): number => count * 1_000
const base = baseSystem(measuredValues(), 2)
/** As the benchmark has them: S3 and SQS that answer at once, beside the worker. */
const near = {
  ...base,
  queue: { ...base.queue, callMs: 1 },
  store: { getMs: 2, getSpread: 0, getsPerSecondMax: Number.POSITIVE_INFINITY },
}

function steady(perSecond: number, durationMs: number): Pick<SimulatedSystem, 'arrivals'> {
  return { arrivals: [{ untilMs: durationMs, perSecond }] }
}

/** All files at once, as a benchmark queues them. */
const backlogOf = (files: number): Pick<SimulatedSystem, 'arrivals'> => steady(files * 1_000, 1)

function rateOf(system: SimulatedSystem): number {
  const { stored, lastDeleteMs } = simulate(system)
  return (stored * 1_000) / lastDeleteMs
}

test('a worker with a backlog does what was measured, within a quarter', () => {
  const worker = { ...near.worker, cpuMs: measured.workerRateCpuMs.value }
  const rate = rateOf({ ...near, ...backlogOf(20_000), worker })
  expect(rate / measured.workerRate.value).toBeGreaterThan(0.75)
  expect(rate / measured.workerRate.value).toBeLessThan(1.25)
})

test('the lag at a steady 200 files a second is what was measured, within a third', () => {
  const { lagMs } = simulate({ ...near, ...steady(200, seconds(30)) })
  for (const [simulated, found] of [
    [lagMs.p50, measured.lagP50Ms.value],
    [lagMs.p99, measured.lagP99Ms.value],
  ] as const) {
    expect(simulated / found).toBeGreaterThan(0.67)
    expect(simulated / found).toBeLessThan(1.33)
  }
})

test.each([
  [1, measured.waitingWorkerRate.value],
  [2, measured.twoWaitingWorkersRate.value],
])('%i workers that wait for a slow S3 do what was measured, within a quarter', (workers, found) => {
  const rate = rateOf({
    ...near,
    ...backlogOf(10_000),
    store: { ...near.store, getMs: 150 },
    worker: { ...near.worker, inFlight: 48, batchSize: 48, commitsMax: 1 },
    scaling: { kind: 'fixed', workers },
  })
  expect(rate / found).toBeGreaterThan(0.75)
  expect(rate / found).toBeLessThan(1.25)
})

/** Small systems with faults: kills, throttling, an absent database. They may be overloaded for a while. */
const systems: fc.Arbitrary<SimulatedSystem> = fc
  .record({
    seed: fc.string(),
    rates: fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 4 }),
    workers: fc.integer({ min: 1, max: 4 }),
    by: fc.constantFrom('fixed' as const, 'ecs' as const, 'keda' as const),
    kills: fc.array(fc.integer({ min: 0, max: seconds(60) }), { maxLength: 4 }),
    getsPerSecondMax: fc.integer({ min: 300, max: 3_000 }),
    cores: fc.integer({ min: 1, max: 4 }),
    awayMs: fc.tuple(fc.integer({ min: 0, max: seconds(60) }), fc.integer({ min: 0, max: seconds(120) })),
  })
  .map(({ seed, rates, workers, by, kills, getsPerSecondMax, cores, awayMs: [fromMs, forMs] }) => ({
    ...base,
    seed,
    arrivals: rates.map((perSecond, at) => ({ untilMs: seconds(15 * (at + 1)), perSecond })),
    store: { ...base.store, getsPerSecondMax },
    database: { ...base.database, cores, away: [{ fromMs, untilMs: fromMs + forMs }] },
    kills,
    scaling:
      by === 'fixed'
        ? { kind: by, workers }
        : { kind: by, workersMin: 1, workersMax: workers, startMs: 10_000 },
  }))

const counts = { quick: 12, thorough: 200 }

test('I1 every file is stored once and deleted, whatever is killed, throttled or away', () => {
  fc.assert(
    fc.property(systems, (system) => {
      const { arrived, stored, deleted, left, gets, endMs } = simulate(system)
      expect({ stored, deleted, left }).toEqual({ stored: arrived, deleted: arrived, left: 0 })
      expect(gets).toBeGreaterThanOrEqual(arrived)
      expect(endMs).toBeGreaterThanOrEqual(system.arrivals.at(-1)?.untilMs ?? 0)
    }),
    propertyOptions(counts),
  )
})

test("Little's law: files in the system are the rate of arrivals times their time in it", () => {
  fc.assert(
    fc.property(systems, (system) => {
      const { arrived, endMs, systemMean, sojournMeanMs } = simulate(system)
      expect(systemMean).toBeCloseTo((arrived / endMs) * sojournMeanMs, 4)
    }),
    propertyOptions(counts),
  )
})

test('the same seed gives the same figures', () => {
  fc.assert(
    fc.property(systems, (system) => {
      expect(simulate(system)).toEqual(simulate(system))
    }),
    propertyOptions({ quick: 3, thorough: 20 }),
  )
})

/** An overload that ends, which every worker shortens. */
function overloaded(seed: string): SimulatedSystem {
  return { ...base, seed, ...steady(4_000, seconds(5)) }
}

test('no more workers, and no more cores, make the backlog larger or longer in the mean', () => {
  const seeds = ['a', 'b', 'c']
  const meanOf = (change: (system: SimulatedSystem) => SimulatedSystem): number =>
    seeds.reduce((sum, seed) => sum + simulate(change(overloaded(seed))).systemMean, 0) / seeds.length
  const byWorkers = [1, 2, 3, 4, 6].map((workers) =>
    meanOf((system) => ({ ...system, scaling: { kind: 'fixed', workers } })),
  )
  const byCores = [1, 2, 4].map((cores) =>
    meanOf((system) => ({
      ...system,
      database: { ...system.database, cores, cpuMs: 1 },
      scaling: { kind: 'fixed', workers: 4 },
    })),
  )
  for (const means of [byWorkers, byCores]) {
    for (const [at, mean] of means.entries()) expect(mean).toBeLessThanOrEqual((means[at - 1] ?? mean) * 1.02)
    expect(means[0]).toBeGreaterThan((means.at(-1) ?? 0) * 1.5)
  }
})

test('no rate is above what the thread of a worker, the cores of Postgres, or S3 allow', () => {
  const worker = rateOf({ ...near, ...backlogOf(10_000) })
  expect(worker).toBeLessThanOrEqual(1_000 / near.worker.cpuMs)
  const postgres = rateOf({
    ...near,
    ...backlogOf(10_000),
    database: { ...near.database, cores: 1, cpuMs: 2 },
  })
  expect(postgres).toBeLessThanOrEqual(1.1 * 500)
  expect(postgres).toBeGreaterThan(0.8 * 500)
  const store = simulate({
    ...base,
    ...steady(800, seconds(30)),
    store: { ...base.store, getsPerSecondMax: 500 },
  })
  expect((store.stored * 1_000) / store.endMs).toBeLessThanOrEqual(1.1 * 500)
  expect(store.throttledGets).toBeGreaterThan(0)
})

test('Postgres is as busy as its work', () => {
  const { stored, commits, databaseBusy, endMs } = simulate({ ...base, ...steady(400, seconds(20)) })
  const { cpuMs, cores } = base.database
  const workMs = ((stored + 20 * commits) * cpuMs * 200) / 220
  expect(databaseBusy).toBeCloseTo(workMs / (cores * endMs), 3)
})

test('a simulated message of 25 files gives the same backlog as single files', () => {
  const burst: SimulatedSystem = {
    ...base,
    arrivals: [
      { untilMs: seconds(30), perSecond: 300 },
      { untilMs: seconds(60), perSecond: 6_000 },
      { untilMs: seconds(120), perSecond: 300 },
    ],
    scaling: { kind: 'fixed', workers: 2 },
  }
  const [exact, coarse] = [simulate(burst), simulate({ ...burst, grain: 25 })]
  expect(coarse.waitingMax / exact.waitingMax).toBeGreaterThan(0.85)
  expect(coarse.waitingMax / exact.waitingMax).toBeLessThan(1.15)
  expect(coarse.emptyAgainMs / exact.emptyAgainMs).toBeGreaterThan(0.85)
  expect(coarse.emptyAgainMs / exact.emptyAgainMs).toBeLessThan(1.15)
})

test('a database that is away for an hour leaves an hour of files, and then catches up', () => {
  const awayMs = { fromMs: seconds(60), untilMs: seconds(3_660) }
  const found = simulate({
    ...base,
    ...steady(50, seconds(3_700)),
    database: { ...base.database, away: [awayMs] },
  })
  expect(found.waitingMax).toBeGreaterThan(50 * 3_500)
  expect(found.waitingMaxAtMs).toBeGreaterThanOrEqual(awayMs.untilMs)
  expect(found.left).toBe(0)
})

test('messages of a killed worker come back after their visibility timeout, and what it had committed is stored again', () => {
  const kills = [3, 5, 7, 9].map(seconds)
  const found = simulate({ ...base, ...steady(1_000, seconds(10)), kills })
  expect(found.returned).toBeGreaterThan(0)
  expect(found.storedAgain).toBeGreaterThan(0)
  expect(found.lagMs.max).toBeGreaterThan(base.queue.visibilityMs / 2)
})
