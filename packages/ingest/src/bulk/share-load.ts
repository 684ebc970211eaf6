import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import type { ListedObject } from './compare-page.ts'
import { sumCounts } from './sum-counts.ts'
import type { PageResult, ShardWork } from './work-shard.ts'

/** How the load of a portion ended. `died`: with its process, and some of its objects may have ended before. */
export type PortionEnd = { kind: 'loaded'; result: PageResult } | { kind: 'stopped' } | { kind: 'died' }

/** A process that loads portions. */
export type PortionLoader = {
  /** Never rejects. `stopped` when the signal fired before all objects had ended. */
  load(objects: readonly ListedObject[], signal: AbortSignal): Promise<PortionEnd>
}

export type SharedLoadOptions = {
  /** Objects that each loader can have in flight. */
  inFlight: number
  /** Counts the objects that have ended, and returns the others. Asked before a portion is loaded again. */
  leaveOutEnded(
    objects: readonly ListedObject[],
    signal: AbortSignal,
  ): Promise<{ toLoad: ListedObject[]; counts: Counts }>
  /** These objects have cost `deathsMax` loaders their lives, and count as failed. */
  givenUp(objects: readonly ListedObject[]): void
}

export type SharedLoad = {
  loadPage: ShardWork['loadPage']
  /** The loader gets portions from now on. */
  add(loader: PortionLoader): void
  /** It gets no more portions. */
  remove(loader: PortionLoader): void
  /** No loader will come any more: every load that waits for one rejects, now and later. */
  fail(error: Error): void
}

/** A page of the listing, a thousand objects, is spread over several loaders. */
const portionSizeMax = 100
/** By chance, a portion is in a process that dies. Twice in a row, its objects are the likely cause. */
const deathsMax = 2

type Waiter = { resolve(loader: PortionLoader): void; reject(error: unknown): void }

/**
 * Spreads the objects of each page over several loaders, the least busy first. The portion of a loader that dies goes to
 * another one, without the objects that had ended, so that each object counts once.
 */
export function createSharedLoad({ inFlight, leaveOutEnded, givenUp }: SharedLoadOptions): SharedLoad {
  const portionSize = Math.min(inFlight, portionSizeMax)
  /** More than it can have in flight, so that it never waits for the next one. */
  const portionsMax = Math.ceil((inFlight * 1.5) / portionSize) + 1
  /** With the number of portions that each has. */
  const loaders = new Map<PortionLoader, number>()
  const waiting = new Set<Waiter>()
  let failure: Error | undefined

  function giveOut(): void {
    for (const waiter of waiting) {
      const [loader, portions] = leastBusy(loaders)
      if (loader === undefined || portions >= portionsMax) return
      loaders.set(loader, portions + 1)
      waiting.delete(waiter)
      waiter.resolve(loader)
    }
  }

  async function take(signal: AbortSignal): Promise<PortionLoader> {
    if (failure !== undefined) throw failure
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<PortionLoader>()
    const waiter = { resolve, reject }
    const onAbort = (): void => {
      waiting.delete(waiter)
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    waiting.add(waiter)
    giveOut()
    return promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  function putBack(loader: PortionLoader): void {
    const portions = loaders.get(loader)
    if (portions !== undefined) loaders.set(loader, portions - 1)
    giveOut()
  }

  async function loadPortion(objects: readonly ListedObject[], signal: AbortSignal): Promise<PageResult> {
    let left = objects
    let counts: Counts = {}
    for (let deaths = 0; left.length > 0; ) {
      const loader = await take(signal)
      const end = await loader.load(left, signal)
      putBack(loader)
      signal.throwIfAborted()
      if (end.kind === 'loaded') {
        return { counts: sumCounts(counts, end.result.counts), isComplete: end.result.isComplete }
      }
      deaths += 1
      const rest = await leaveOutEnded(left, signal)
      counts = sumCounts(counts, rest.counts)
      left = rest.toLoad
      if (deaths === deathsMax && left.length > 0) {
        givenUp(left)
        return { counts: sumCounts(counts, { failed: left.length }), isComplete: false }
      }
    }
    return { counts, isComplete: true }
  }

  return {
    async loadPage(objects, signal, ended) {
      const ends = await Promise.allSettled(
        split(objects, portionSize).map(async (portion) => {
          const result = await loadPortion(portion, signal)
          ended(portion.length)
          return result
        }),
      )
      signal.throwIfAborted()
      let page: PageResult = { counts: {}, isComplete: true }
      for (const end of ends) {
        if (end.status === 'rejected') throw end.reason
        const { counts, isComplete } = end.value
        page = { counts: sumCounts(page.counts, counts), isComplete: page.isComplete && isComplete }
      }
      return page
    },
    add(loader) {
      loaders.set(loader, 0)
      giveOut()
    },
    remove: (loader) => void loaders.delete(loader),
    fail(error) {
      failure = error
      for (const { reject } of waiting) reject(error)
      waiting.clear()
    },
  }
}

function leastBusy(loaders: ReadonlyMap<PortionLoader, number>): [PortionLoader | undefined, number] {
  let least: [PortionLoader | undefined, number] = [undefined, Number.POSITIVE_INFINITY]
  for (const entry of loaders) if (entry[1] < least[1]) least = entry
  return least
}

function split(objects: readonly ListedObject[], size: number): ListedObject[][] {
  const portions: ListedObject[][] = []
  for (let start = 0; start < objects.length; start += size) portions.push(objects.slice(start, start + size))
  return portions
}
