import type { MemoryBudget } from '@aftercall/runtime/limits/memory-budget'
import type { Permits } from '@aftercall/runtime/limits/permits'
import type { FailureCode } from '@aftercall/storage/aws/error-class'
import type { FetchedObject } from '@aftercall/storage/objects/fetch-object'
import type { ObjectListError } from '@aftercall/storage/objects/object-errors'
import type { ObjectRef } from '@aftercall/storage/objects/object-ref'
import type { DriftRecorder } from '@aftercall/warehouse/load/drift-recorder'
import type { ExpiryClock } from '@aftercall/warehouse/load/expiry-clock'
import type { Loader } from '@aftercall/warehouse/load/loader'
import type { DeliveredMessage, Delivery, Stage, StageClock } from './delivery.ts'
import type { LargeEnd, Mapper } from './mapping/create-mapper.ts'
import type { MapLimits } from './mapping/map-fetched.ts'
import type { Outcome, StopReason } from './outcome.ts'
import type { Source } from './sources/find-source.ts'
import type { SourceShare } from './sources/source-share.ts'
import type { StrayObjects } from './sources/stray-objects.ts'

/** All that the path needs, made once at start and passed down. */
export type Ingest = {
  sources: readonly Source[]
  fetchObject: FetchObject
  /** Undefined when something still succeeds with the credentials that the sources share; see `refusalOfAll`. */
  refusalOfAll(signal: AbortSignal): Promise<ObjectListError | undefined>
  mapper: Mapper
  loader: Loader
  drift: DriftRecorder
  /** Bounds the objects in flight. */
  permits: Permits
  /** How much of the permits and the bytes one source may have. */
  share: SourceShare
  /** Bytes of the objects in flight (I8). */
  bytes: MemoryBudget
  limits: MapLimits
  events: IngestEvents
  strays: StrayObjects
  /** Called when nothing can go on until someone has repaired something. */
  mustStop(reason: StopReason): void
  random(): number
  /** Decides which sessions are past their retention. */
  expiryClock: ExpiryClock
}

/**
 * Reads an object whole, unless it is larger than `bytesMax`, or than an object may be. Rejects with `ObjectFetchError`, also
 * when the signal fires.
 */
export type FetchObject = (
  source: Source,
  ref: ObjectRef,
  signal: AbortSignal,
  bytesMax?: number,
) => Promise<FetchedObject>

/** What happens on the path. Each function writes the log line and the metric together, and never throws. */
export type IngestEvents = {
  testEventReceived(): void
  /**
   * A message, or all its records that name no object we could fetch, was kept as a rejection. Where that failed, the message
   * comes back.
   */
  messageEnded(message: DeliveredMessage, outcome: Outcome): void
  objectStarted(delivery: Delivery): StageClock
  stageBegan(clock: StageClock, stage: Stage): void
  /** `objectEnded` also ends a stage that an error left. */
  stageEnded(clock: StageClock): void
  /** The store did not give an object, and is asked for it again. */
  fetchRetried(retry: FetchRetry): void
  objectFetched(sizeBytes: number): void
  /** The database's clock is so far ahead of this machine's (negative: behind) that nothing may expire by either. */
  clocksDisagree(aheadMs: number): void
  /** The thread for large objects has ended its work on one. */
  largeEnded(large: { end: LargeEnd; bytes: number; durationMs: number }): void
  /** Retention keeps these sessions of an object out; the rest of it is stored. */
  sessionsExpired(delivery: Delivery, sessions: number): void
  objectEnded(delivery: Delivery, outcome: Outcome, clock: StageClock): void
}

/** `attempt` is the one that failed, from 1. */
export type FetchRetry = { source: string; code: FailureCode; attempt: number; waitMs: number }
