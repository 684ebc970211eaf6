import type { OverallStatus } from '@aftercall/operator/overall-status'
import type { Problem } from '@aftercall/operator/problems/problem'
import type { Action } from '@aftercall/warehouse/actions/action'
import type { DaysAnswer } from '@aftercall/warehouse/console/days'
import type { Overview, SourceOverview } from '@aftercall/warehouse/console/overview-types'
import type {
  OpenRejectionGroup,
  RejectionDetails,
  RejectionPage,
} from '@aftercall/warehouse/console/rejection-groups'
import type { Runs } from '@aftercall/warehouse/console/runs'
import type { DriftRow } from '@aftercall/warehouse/load/drift-recorder'
import type { RetentionState } from '@aftercall/warehouse/maintenance/retention/retention-record'
import type { AnalyticsAnswer, ChartName } from './analytics-answer.ts'
import type { ActivityChart } from './chart-columns.ts'
import type { FailureReason } from './failure-reason.ts'
import type { ObjectsAnswer, SessionsAnswer } from './list-answers.ts'
import type { HistoryAnswer } from './read-history.ts'

/** What each page shows, and `/api` returns as JSON. */
export type Answers = {
  overview: { status: OverallStatus; problems: Problem[]; overview: Overview; chart: ActivityChart }
  /** One source of the overview; the problems, hours and runs are its own. */
  source: {
    source: SourceOverview
    problems: Problem[]
    overview: Overview
    chart: ActivityChart
    runs: Runs
  }
  rejections: { source: string | null; groups: OpenRejectionGroup[] }
  rejectionGroup: RejectionPage
  rejection: RejectionDetails
  history: HistoryAnswer
  sessions: SessionsAnswer
  objects: ObjectsAnswer
  /** The most frequent first. `isCut`: there are more. */
  drift: { source: string | null; rows: DriftRow[]; isCut: boolean }
  runs: Runs
  retention: RetentionState
  /** The newest first. `next`: the number after which the next page begins; null on the last page. */
  actions: { actions: Action[]; next: string | null }
  action: Action
  newBackfill: { sources: string[] }
  /** `count`: how many days were asked for. */
  days: DaysAnswer & { count: number; source: string | null }
  /** `chart`: the one to download. */
  analytics: AnalyticsAnswer & { chart: ChartName }
  /** In Markdown. */
  runbook: { text: string }
  error: ConsoleFailure
}

/** Returned in place of an answer. */
export type ConsoleFailure = {
  status: 400 | 403 | 404 | 413 | 415 | 421 | 500 | 503
  code: string
  reason: FailureReason
}
