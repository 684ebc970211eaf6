import type { ReservedBytes } from '@aftercall/runtime/limits/memory-budget'
import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import type { AnnouncedObject } from '@aftercall/warehouse/ledger/ledger'
import type { RawDocument } from '@aftercall/warehouse/load/raw-documents'
import { type Settlement, settlementBytes } from '@aftercall/warehouse/load/settlement'
import { rejected, withFetched } from '../settlements.ts'
import { type CostBounds, costBoundsOf, isGzip, smallBytesMax } from './cost-bounds.ts'
import { type MapLimits, type MapSource, mapFetched } from './map-fetched.ts'
import { type MappedRaw, mapRaw } from './map-raw.ts'
import { createMapThread, type ThreadEnd } from './map-thread.ts'
import type { MapWork } from './map-work.ts'
import { startThread } from './start-thread.ts'
import { createTurns } from './turns.ts'

export type LargeEnd = 'mapped' | 'too_costly' | 'stopped'

export type Fetched = {
  source: MapSource
  object: AnnouncedObject
  fetched: FoundObject
  held: Pick<ReservedBytes, 'isWithin' | 'untilWithin' | 'take'>
}

/** Maps small objects right here, and large ones on a thread, so that no object keeps the others waiting. */
export type Mapper = {
  mapFetched(one: Fetched): Promise<Settlement | 'stopped'>
  mapRaw(raw: RawDocument, source: Omit<MapSource, 'name'>): Promise<MappedRaw | 'stopped'>
  /** Ends what is in flight as `stopped`. */
  close(): Promise<void>
}

export type MapperOptions = {
  limits: MapLimits
  onLargeEnd(end: { end: LargeEnd; bytes: number; durationMs: number }): void
  /** Other bounds and another thread, for tests of the watchdog. */
  boundsOf?: (bytes: Uint8Array, objectBytesMax: number) => CostBounds
  start?: typeof startThread
}

const costly = 'document_too_costly'
/** For work outside any memory budget: a sample, a page of kept documents. */
export const unheld: Fetched['held'] = { isWithin: () => true, untilWithin: async () => {}, take: () => {} }

export function createMapper(options: MapperOptions): Mapper {
  const { limits, onLargeEnd, boundsOf = costBoundsOf, start = startThread } = options
  const { objectBytesMax } = limits
  const thread = createMapThread(() => start(objectBytesMax))
  const turns = createTurns()

  async function mapAside(work: MapWork, content: Uint8Array, held: Fetched['held']): Promise<ThreadEnd> {
    const startedAt = performance.now()
    const bytes = content.byteLength
    const end = await thread.run({ work, bytes, bounds: boundsOf(content, objectBytesMax), held })
    const name = end.kind === 'worked' ? 'mapped' : end.kind === 'too-costly' ? 'too_costly' : 'stopped'
    onLargeEnd({ end: name, bytes, durationMs: performance.now() - startedAt })
    return end
  }

  const smallLimits = { ...limits, objectBytesMax: Math.min(objectBytesMax, smallBytesMax) }

  function mapHere({ source, object, fetched, held }: Fetched): Settlement | 'larger' {
    return turns.spend(() => {
      const settlement = mapFetched(smallLimits, source, object, fetched)
      if (isLargerOnceUnpacked(settlement, fetched, objectBytesMax)) return 'larger'
      held.take(settlementBytes(settlement))
      return settlement
    })
  }

  return {
    async mapFetched(one) {
      const { source, object, fetched, held } = one
      if (isSmall(one)) {
        while (!held.isWithin() || !turns.hasTime())
          await (turns.hasTime() ? held.untilWithin() : turns.next())
        const settlement = mapHere(one)
        if (settlement !== 'larger') return settlement
      }
      const sent = { name: source.name, timeZone: source.timeZone, settings: source.settings }
      const work = { kind: 'fetched' as const, limits, source: sent, object, fetched }
      const end = await mapAside(work, fetched.bytes, held)
      switch (end.kind) {
        case 'worked':
          return end.worked.kind === 'mapped' ? end.worked.settlement : 'stopped'
        case 'too-costly': {
          const { detail } = end
          return rejected(withFetched(object, fetched), { code: costly, detail, content: fetched.bytes })
        }
        case 'stopped':
          return 'stopped'
      }
    },
    async mapRaw(raw, source) {
      if (raw.text.length <= smallBytesMax) {
        while (!turns.hasTime()) await turns.next()
        return turns.spend(() => mapRaw(raw, source, objectBytesMax))
      }
      const work = { kind: 'raw' as const, raw, source, bytesMax: objectBytesMax }
      const end = await mapAside(work, Buffer.from(raw.text), unheld)
      switch (end.kind) {
        case 'worked':
          return end.worked
        case 'too-costly':
          return { kind: 'unusable', detail: `${costly}: ${end.detail}` }
        case 'stopped':
          return 'stopped'
      }
    },
    close: thread.close,
  }
}

/** An object that comes again may have ended the process that mapped it here, so it goes to the thread, which is watched. */
function isSmall({ object, fetched }: Fetched): boolean {
  return fetched.bytes.byteLength <= smallBytesMax && object.receiveCount <= 1
}

/** The size at the end of a gzip file cannot be trusted, so this asks whether unpacking stopped at the bound for small objects. */
function isLargerOnceUnpacked(
  settlement: Settlement,
  { bytes }: FoundObject,
  objectBytesMax: number,
): boolean {
  const code = settlement.kind === 'rejected' ? settlement.rejections[0].code : undefined
  return isGzip(bytes) && objectBytesMax > smallBytesMax && code === 'decompressed_too_large'
}
