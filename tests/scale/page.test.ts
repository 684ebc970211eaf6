import { readFileSync } from 'node:fs'
import { countOf } from '@aftercall/testkit/test-count'
import { beforeAll, expect, test } from 'vitest'
import { assumedValues } from '../../bench/scale/assumptions.ts'
import { fillTables } from '../../bench/scale/fill-tables.ts'
import {
  formatAssumptions,
  formatCase,
  formatMeasured,
  formatServers,
  formatSizes,
  sizesOfPage,
} from '../../bench/scale/format-scale.ts'
import { measured, measuredValues } from '../../bench/scale/measured-figures.ts'
import { scaleCases } from '../../bench/scale/scale-cases.ts'
import { type Size, sizeMachine } from '../../bench/scale/size-machine.ts'

const read = (page: string): string => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
const stale = 'run npm run scale and commit what it wrote'
const page = read('scale.md')
let sizes: Size[]

beforeAll(() => {
  sizes = sizesOfPage()
})

test('the tables of docs/scale.md and docs/performance.md are what the figures give', () => {
  const tables = {
    sizes: formatSizes(sizes),
    assumptions: formatAssumptions(),
    servers: formatServers(),
  }
  expect(fillTables(page, tables) === page, `docs/scale.md: ${stale}`).toBe(true)
  const performance = read('performance.md')
  const filled = fillTables(performance, { measured: formatMeasured() })
  expect(filled === performance, `docs/performance.md: ${stale}`).toBe(true)
})

/** The largest size takes most of the time. */
const sizesOfTest = countOf({ quick: 1, thorough: 3 })

test.each(scaleCases)('docs/scale.md has what the simulation gives: $name', (one) => {
  for (const size of sizes.slice(0, sizesOfTest)) {
    for (const row of formatCase(one, size)) expect(page, stale).toContain(row)
  }
})

test('docs/performance.md has each heading that a measured figure names', () => {
  const performance = read('performance.md')
  for (const { heading } of Object.values(measured)) expect(performance).toContain(`\n## ${heading}\n`)
})

test('a size follows from its inputs, by hand', () => {
  const size = sizeMachine({
    sessionsPerDay: 43_200_000,
    messagesPerCall: 10,
    measured: {
      ...measuredValues(),
      workerCpuMs: 1,
      postgresCpuMs: 0.5,
      storedKb: 7,
      documentKb: 3,
      logKb: 10,
    },
    assumed: {
      ...assumedValues(),
      busiestHourShare: 0.1,
      peakFactor: 2,
      workerBusyMax: 0.5,
      databaseBusyMax: 0.25,
    },
  })
  expect(size).toMatchObject({
    // 86,400,000 files a day are 1,000 a second; 8,640,000 in the busiest hour are 2,400 a second, twice that at the peak.
    ...{ filesPerDay: 86_400_000, meanRate: 1_000, peakRate: 4_800 },
    ...{ workerCores: 4.8, workers: 10, postgresCores: 2.4, postgresCpus: 16, connections: 40 },
    ...{ prefixes: 1, queueCallsPerDay: 103_680_000 },
    ...{ logGbPerDay: 864, storedGbPerDay: 432 },
    // 43,200,000 x 300 s / 20,000 s; 18 rows each, twice
    ...{ agents: 648_000, rollupRowsPerDay: 23_328_000 },
  })
  // 43,200,000 x 30 x 10 kB = 12.96 TB; 64 x 0.7 / 12.96
  expect(size.storedTbPerMonth).toBeCloseTo(12.96)
  expect(size.monthsOfServer).toBeCloseTo(3.457, 3)
  // 2,592 million files x $0.88 a million; 10 workers x 730 h x ($0.03238 + 4 x $0.00356); 16 vCPU x 730 h x $0.168
  expect(size.requestDollars).toBeCloseTo(2_280.96)
  expect(size.workerDollars).toBeCloseTo(340.33, 1)
  expect(size.postgresDollars).toBeCloseTo(1_962.24)
})

test('a page without a place for a table is an error', () => {
  expect(() => fillTables('text', { sizes: 'table' })).toThrow(
    'no place for a table: <!-- sizes, by npm run scale -->',
  )
})
