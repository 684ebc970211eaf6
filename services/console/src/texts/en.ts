import { action, actions, commandActs, confirm } from './en/actions.ts'
import { course } from './en/course.ts'
import { drift } from './en/drift.ts'
import { failures } from './en/failures.ts'
import { formats } from './en/formats.ts'
import { history, objects, sessions, stored } from './en/history.ts'
import { objectSteps, outcomes } from './en/outcomes.ts'
import { chart, overview, problems, sourceCard, sourcePage, workers } from './en/overview.ts'
import { rejection, rejectionGroup, rejections } from './en/rejections.ts'
import { retention } from './en/retention.ts'
import { analytics, days, newBackfill, runs } from './en/runs.ts'
import { common, shell } from './en/shell.ts'

/** Everything that pages say, in English. A language that lacks a text does not compile. */
export const en = {
  /** In the language itself, for the link that chooses it. */
  name: 'English',
  ...{ formats, shell, common, overview, problems, workers, sourceCard, sourcePage, chart, outcomes },
  ...{ objectSteps, rejections, rejectionGroup, rejection, objects, sessions, history, stored, course },
  ...{
    runs,
    newBackfill,
    days,
    analytics,
    drift,
    actions,
    action,
    commandActs,
    confirm,
    failures,
    retention,
  },
}

export type Texts = typeof en
