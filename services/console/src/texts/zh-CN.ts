import type { Texts } from './en.ts'
import { action, actions, commandActs, confirm } from './zh-CN/actions.ts'
import { course } from './zh-CN/course.ts'
import { drift } from './zh-CN/drift.ts'
import { failures } from './zh-CN/failures.ts'
import { formats } from './zh-CN/formats.ts'
import { history, objects, sessions, stored } from './zh-CN/history.ts'
import { objectSteps, outcomes } from './zh-CN/outcomes.ts'
import { chart, overview, problems, sourceCard, sourcePage, workers } from './zh-CN/overview.ts'
import { rejection, rejectionGroup, rejections } from './zh-CN/rejections.ts'
import { retention } from './zh-CN/retention.ts'
import { analytics, days, newBackfill, runs } from './zh-CN/runs.ts'
import { common, shell } from './zh-CN/shell.ts'

/** Simplified Chinese. Spaces stand between Chinese characters and letters or digits. */
export const zhCN: Texts = {
  name: '简体中文',
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
