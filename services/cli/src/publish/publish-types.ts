import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import type { Lease } from '@aftercall/warehouse/leases/with-lease'
import type { LakePlace } from '../export/lake-place.ts'
import type { PublishOptions } from './parse-options.ts'

export type PublishRequest = PublishOptions & { views: LakeView[] }

export type PublishParts = { db: Database; lake: LakePlace; logger: Logger }

/** `signal` fires when the process is stopped or has lost the lease. */
export type Turn = { lease: Lease; signal: AbortSignal }

export type PublishReport = {
  place: string
  /** Days of a source that had changed. */
  days: number
  /** Files that were written or removed; those of the other views were equal to what was there. */
  files: number
  rows: number
  bytes: number
  /** Days that had changed after retention began to remove them, so that their files stay as they are. */
  staleDays: number
  seconds: number
}
