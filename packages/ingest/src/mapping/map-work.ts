import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import type { AnnouncedObject } from '@aftercall/warehouse/ledger/ledger'
import type { RawDocument } from '@aftercall/warehouse/load/raw-documents'
import { type MapLimits, type MapSource, mapFetched } from './map-fetched.ts'
import { type MappedRaw, mapRaw } from './map-raw.ts'

/** Something to map, as plain data that can be sent to a thread. */
export type MapWork =
  | { kind: 'fetched'; limits: MapLimits; source: MapSource; object: AnnouncedObject; fetched: FoundObject }
  | { kind: 'raw'; raw: RawDocument; source: Omit<MapSource, 'name'>; bytesMax: number }

export function doMapWork(work: MapWork): MappedRaw {
  switch (work.kind) {
    case 'fetched': {
      const { limits, source, object, fetched } = work
      return { kind: 'mapped', settlement: mapFetched(limits, source, object, fetched) }
    }
    case 'raw':
      return mapRaw(work.raw, work.source, work.bytesMax)
  }
}
