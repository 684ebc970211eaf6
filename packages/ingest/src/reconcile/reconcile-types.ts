import type { MappingSettings } from '@aftercall/metadata/identity/mapping-settings'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { Outcome } from '../outcome.ts'
import type { BucketObjects } from './bucket-objects.ts'
import type { DifferenceCounter } from './count-differences.ts'
import type { Difference } from './difference.ts'
import type { JudgeRules } from './judge-pair.ts'
import type { Pair } from './merge-pages.ts'

/** What one comparison of a source needs. */
export type ReconcilePass = {
  db: Database
  source: {
    name: string
    bucket: string
    prefix: string
    settings?: Pick<MappingSettings, 'identityKey'> | undefined
  }
  bucketObjects: BucketObjects
  rules: JudgeRules
  /** Without it, differences are only reported. */
  fix?: Fix | undefined
  counter: DifferenceCounter
  /** Called with every difference, after its object was loaded where that helps. Not in key order. */
  onDifference(difference: Difference): Promise<void> | void
  signal: AbortSignal
}

export type Fix = {
  /** Rejects with the signal's reason when it fires before the object has ended. */
  load: LoadPair
  inFlightMax: number
  /** Resolves while this process holds the lease of the source. Undefined where several may compare it at the same time. */
  confirm?: (() => Promise<void>) | undefined
  /** Whether objects are recorded as gone even when they are suspiciously many. */
  acceptsGone: boolean
}

/** `postponed`: the object was not tried. */
export type LoadPair = (pair: Pair, signal: AbortSignal) => Promise<Outcome | { kind: 'postponed' }>

/** What happened to the objects that are gone. `refused`: they are so many that a wrong listing is more likely. */
export type GoneEnd =
  | { kind: 'not-asked' }
  | { kind: 'noted'; objects: number }
  | { kind: 'refused'; gone: number; known: number }
