import type { DaysAnswer } from '@aftercall/warehouse/console/days'
import type { Overview } from '@aftercall/warehouse/console/overview'
import type { Problem } from '@aftercall/warehouse/console/problems'
import type {
  OpenRejectionGroup,
  RejectionDetails,
  RejectionPage,
} from '@aftercall/warehouse/console/rejection-groups'
import type { Runs } from '@aftercall/warehouse/console/runs'
import type { HistoryAnswer } from '@aftercall/warehouse/console/session-history'
import type { OverallStatus } from '@aftercall/warehouse/console/tell-verdict'
import type { DriftRow } from '@aftercall/warehouse/load/drift-recorder'

/** What each page shows, and `/api` answers as JSON. */
export type Answers = {
  overview: { verdict: OverallStatus; problems: Problem[]; overview: Overview }
  rejections: { groups: OpenRejectionGroup[] }
  rejectionGroup: RejectionPage
  rejection: RejectionDetails
  story: HistoryAnswer
  /** The most frequent first; cut: there are more. */
  drift: { rows: DriftRow[]; isCut: boolean }
  runs: Runs
  days: DaysAnswer
  error: ConsoleFailure
}

/** In place of an answer. `message` says what to do. */
export type ConsoleFailure = {
  status: 400 | 404 | 421 | 500 | 503
  code: string
  message: string
}
