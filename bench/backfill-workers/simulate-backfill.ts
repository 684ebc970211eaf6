import { integer, type Random } from '@aftercall/samples/random'

/** CPU of one file, in milliseconds: of the process that lists, of a worker, and of Postgres. */
export type FileCosts = { listing: number; loading: number; storing: number }

export type Simulated = {
  cores: number
  workers: number
  costs: FileCosts
  random: Random
}

/** As `aftercall backfill` has them. */
const pageSize = 1_000
const portionSize = 100
const portionsOfWorkerMax = 5
const connectionsOfWorker = 3
const shards = 64
/** Assumed: how long S3 takes for a page of the listing and for an object, and Postgres for the end of a transaction. */
const listMs = 100
const getMs = 40
const commitMs = 3
/** Costs of a portion differ by up to this share, both ways. */
const spread = 0.3
const stepMs = 1
const simulatedMs = 30_000
const warmMs = 5_000

/** A piece of work: first it waits, then it needs CPU on one core. */
type Job = { waitMs: number; cpuMs: number; done(): void }

/**
 * The rate of a backfill on a machine with these cores, which the listing process, the workers and Postgres's backends share
 * evenly. Time passes in steps. Each process has one thread that computes; nothing else limits it: no lock in Postgres, no
 * disk, no network, no throttling. So it is what the division of the work allows, not a forecast.
 */
export function simulateBackfill({ cores, workers, costs, random }: Simulated): number {
  const vary = (ms: number): number =>
    (ms * integer(random, 1_000 - spread * 1_000, 1_000 + spread * 1_000)) / 1_000
  /** A queue for each thing that can do one job at a time. */
  const listing: Job[] = []
  const loading = Array.from({ length: workers }, (): Job[] => [])
  const storing = Array.from({ length: workers * connectionsOfWorker }, (): Job[] => [])
  const portions = loading.map(() => 0)
  const waiting: (() => void)[] = []
  let [filesDone, filesWarm] = [0, 0]

  function list(): void {
    listing.push({
      waitMs: listMs,
      cpuMs: vary(pageSize * costs.listing),
      done() {
        let left = pageSize / portionSize
        for (let portion = 0; portion < pageSize / portionSize; portion += 1) {
          waiting.push(() => {
            left -= 1
            if (left === 0) list()
          })
        }
      },
    })
  }

  function giveOut(): void {
    for (;;) {
      const least = portions.indexOf(Math.min(...portions))
      if ((portions[least] ?? 0) >= portionsOfWorkerMax) return
      const done = waiting.shift()
      if (done === undefined) return
      portions[least] = (portions[least] ?? 0) + 1
      load(least, done)
    }
  }

  function load(worker: number, done: () => void): void {
    const own = storing.slice(worker * connectionsOfWorker, (worker + 1) * connectionsOfWorker)
    loading[worker]?.push({
      waitMs: getMs,
      cpuMs: vary(portionSize * costs.loading),
      done() {
        const connection = own.toSorted((one, other) => one.length - other.length)[0]
        connection?.push({
          waitMs: commitMs,
          cpuMs: vary(portionSize * costs.storing),
          done() {
            portions[worker] = (portions[worker] ?? 0) - 1
            filesDone += portionSize
            done()
          },
        })
      },
    })
  }

  for (let lister = 0; lister < Math.min(shards, Math.max(8, workers)); lister += 1) list()
  for (let nowMs = 0; nowMs < simulatedMs; nowMs += stepMs) {
    if (nowMs === warmMs) filesWarm = filesDone
    giveOut()
    const queues = [listing, ...loading, ...storing]
    // Waiting needs no core, and everything in a queue waits at the same time.
    for (const queue of queues) for (const job of queue) job.waitMs -= stepMs
    const running = queues.flatMap((queue) => {
      const job = queue.find(({ waitMs }) => waitMs <= 0)
      return job === undefined ? [] : [{ queue, job }]
    })
    const share = Math.min(1, cores / Math.max(1, running.length))
    for (const { queue, job } of running) {
      job.cpuMs -= stepMs * share
      if (job.cpuMs > 0) continue
      queue.splice(queue.indexOf(job), 1)
      job.done()
    }
  }
  return ((filesDone - filesWarm) * 1_000) / (simulatedMs - warmMs)
}
