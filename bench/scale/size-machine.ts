import { machinePrices } from '@aftercall/operator/cost/aws-prices'
import { sumOf } from '@aftercall/operator/cost/bill-line'
import { liveBillOf } from '../../services/cli/src/backfill/cost/live-bill.ts'
import type { Assumed } from './assumptions.ts'
import type { Measured } from './measured-figures.ts'

/** The inputs of a size. `messagesPerCall` comes from the simulation at the mean rate. */
export type SizeInputs = {
  sessionsPerDay: number
  messagesPerCall: number
  measured: Measured
  assumed: Assumed
}

/** All figures of one size, by name. Rates are of files a second. */
export type Size = ReturnType<typeof sizeMachine>

/** Sizes of the m7g family. */
const cpuSizes = [2, 4, 8, 16, 32, 48, 64]
const hoursOfMonth = 730
const daysOfMonth = 30
const secondsOfDay = 86_400
const workerMemoryGb = 4
const connectionsOfWorker = 4

/** From sessions a day to machines and dollars. `explain-size.ts` says each step in words; keep both in the same order. */
export function sizeMachine({ sessionsPerDay, messagesPerCall, measured, assumed }: SizeInputs) {
  const filesPerDay = sessionsPerDay * assumed.filesPerSession
  const meanRate = filesPerDay / secondsOfDay
  const peakRate = ((filesPerDay * assumed.busiestHourShare) / 3_600) * assumed.peakFactor

  const workerCores = (peakRate * measured.workerCpuMs) / 1_000
  const workers = Math.ceil(workerCores / assumed.workerBusyMax)
  const postgresCores = (peakRate * measured.postgresCpuMs) / 1_000
  const postgresCpus = cpuSizeOf(postgresCores / assumed.databaseBusyMax)
  const connections = workers * connectionsOfWorker

  const prefixes = Math.ceil(peakRate / assumed.prefixGetsPerSecond)
  const queueCallsPerDay = filesPerDay * (1 + 2 / messagesPerCall)
  const peakReadMb = (peakRate * measured.fileKb) / 1_000

  const logGbPerDay = (filesPerDay * measured.logKb) / 1e6
  const logGbPerDayLarge = logGbPerDay * (1 + measured.logOfLargeShare / 100)
  const peakLogMb = (peakRate * measured.logKb * (1 + measured.logOfLargeShare / 100)) / 1_000
  const storedGbPerDay = (sessionsPerDay * (measured.storedKb + measured.documentKb)) / 1e6
  const storedTbPerMonth = (storedGbPerDay * daysOfMonth) / 1_000
  const monthsOfServer = (assumed.storageTb * assumed.storageFullMax) / storedTbPerMonth

  const bill = { files: filesPerDay * daysOfMonth, messagesPerCall, retryShare: 0, kmsShare: 0 }
  const requestDollars = sumOf(liveBillOf({ ...bill, throughEventBridge: false }))
  const workerDollars =
    workers *
    hoursOfMonth *
    (machinePrices.fargateCpu.perHour + workerMemoryGb * machinePrices.fargateMemory.perHour)
  const postgresDollars = postgresCpus * hoursOfMonth * machinePrices.postgresCpu.perHour
  const keptTb = storedTbPerMonth * assumed.monthsInPostgres
  const storageDollars = keptTb * 1_000 * machinePrices.postgresStorage.perGbMonth
  return {
    ...{ sessionsPerDay, filesPerDay, meanRate, peakRate },
    ...{ workerCores, workers, postgresCores, postgresCpus, connections },
    ...{ prefixes, messagesPerCall, queueCallsPerDay, peakReadMb },
    ...{ logGbPerDay, logGbPerDayLarge, peakLogMb, storedGbPerDay, storedTbPerMonth, monthsOfServer },
    ...{ requestDollars, workerDollars, postgresDollars, keptTb, storageDollars },
    dollars: requestDollars + workerDollars + postgresDollars + storageDollars,
  }
}

/** The smallest server with as many vCPU; infinite where the family has none. */
function cpuSizeOf(cores: number): number {
  return cpuSizes.find((size) => size >= cores) ?? Number.POSITIVE_INFINITY
}

/** What a server with these vCPU loads, by CPU alone. */
export function loadOfServer(cpus: number, measured: Measured, assumed: Assumed) {
  const peakRate = (cpus * assumed.databaseBusyMax * 1_000) / measured.postgresCpuMs
  const sessionsPerDay =
    (peakRate * 3_600) / (assumed.busiestHourShare * assumed.peakFactor * assumed.filesPerSession)
  return { cpus, peakRate, sessionsPerDay }
}
