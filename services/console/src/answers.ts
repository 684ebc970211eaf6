import type { OverallStatus } from '@aftercall/operator/overall-status'
import type { Problem } from '@aftercall/operator/problems/problem'
import type { Action } from '@aftercall/warehouse/actions/action'
import type { DaysAnswer } from '@aftercall/warehouse/console/days'
import type { Overview } from '@aftercall/warehouse/console/overview-types'
import type {
  OpenRejectionGroup,
  RejectionDetails,
  RejectionPage,
} from '@aftercall/warehouse/console/rejection-groups'
import type { Runs } from '@aftercall/warehouse/console/runs'
import type { DriftRow } from '@aftercall/warehouse/load/drift-recorder'
import type { HistoryAnswer } from './read-history.ts'

/** What each page shows, and `/api` returns as JSON. */
export type Answers = {
  overview: { status: OverallStatus; problems: Problem[]; overview: Overview }
  rejections: { groups: OpenRejectionGroup[] }
  rejectionGroup: RejectionPage
  rejection: RejectionDetails
  history: HistoryAnswer
  /** The most frequent first. `isCut`: there are more. */
  drift: { rows: DriftRow[]; isCut: boolean }
  runs: Runs
  days: DaysAnswer
  /** The newest first. `next`: the number after which the next page begins; null on the last page. */
  actions: { actions: Action[]; next: string | null }
  action: Action
  newBackfill: { sources: string[] }
  error: ConsoleFailure
}

/** Returned in place of an answer. `message` says what to do. */
export type ConsoleFailure = {
  status: 400 | 403 | 404 | 413 | 415 | 421 | 500 | 503
  code: string
  message: string
}
