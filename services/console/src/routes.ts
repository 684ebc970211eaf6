import { z } from 'zod'
import { tableOfChart } from './analytics-answer.ts'
import type { Reads } from './open-reads.ts'
import { renderActionPage } from './pages/action-page.ts'
import { renderActionsPage } from './pages/actions-page.ts'
import { renderAnalyticsPage } from './pages/analytics-page.ts'
import { renderDaysPage } from './pages/days-page.ts'
import { renderDriftPage } from './pages/drift-page.ts'
import { renderHistoryPage } from './pages/history-page.ts'
import { renderNewBackfillPage } from './pages/new-backfill-page.ts'
import { renderObjectsPage, tableOfObjects } from './pages/objects-page.ts'
import { renderOverviewPage } from './pages/overview-page.ts'
import { renderRejectionGroupPage } from './pages/rejection-group-page.ts'
import { renderRejectionPage } from './pages/rejection-page.ts'
import { renderRejectionsPage } from './pages/rejections-page.ts'
import { renderRetentionPage } from './pages/retention-page.ts'
import { renderRunbookPage } from './pages/runbook-page.ts'
import { renderRunsPage } from './pages/runs-page.ts'
import { renderSessionsPage, tableOfSessions } from './pages/sessions-page.ts'
import { renderSourcePage } from './pages/source-page.ts'
import { readRunbook } from './read-runbook.ts'
import { type Route, route } from './route.ts'
import {
  analyticsQuery,
  chartQuery,
  nothing,
  objectList,
  ofSource,
  rejectionPage,
  sessionList,
  source,
} from './route-queries.ts'

/** All pages. The same data is available as JSON under `/api`: `/api/rejections`; `/api/` is the overview. */
export function listRoutes(reads: Reads): Route[] {
  return [
    route({
      path: /^\/$/,
      query: chartQuery,
      read: reads.overview,
      render: renderOverviewPage,
    }),
    route({
      path: /^\/sources\/(?<name>[^/]+)$/,
      query: z.strictObject({ name: z.string().max(64) }),
      read: ({ name }) => reads.source(name),
      render: renderSourcePage,
      notFound: 'unknown_source',
    }),
    route({
      path: /^\/rejections$/,
      query: ofSource,
      read: ({ source }) => reads.rejections(source),
      render: renderRejectionsPage,
    }),
    route({
      path: /^\/rejections\/(?<id>\d{1,18})$/,
      query: z.strictObject({ id: z.string() }),
      read: ({ id }) => reads.rejection(id),
      render: renderRejectionPage,
      notFound: 'unknown_rejection',
    }),
    route({
      path: /^\/rejections\/(?<code>[^/]+)$/,
      query: rejectionPage,
      read: reads.rejectionGroup,
      render: renderRejectionGroupPage,
    }),
    route({
      path: /^\/sessions$/,
      query: sessionList,
      read: reads.sessions,
      render: renderSessionsPage,
      table: tableOfSessions,
    }),
    route({
      path: /^\/objects$/,
      query: objectList,
      read: reads.objects,
      render: renderObjectsPage,
      table: tableOfObjects,
    }),
    route({
      path: /^\/history$/,
      query: z.strictObject({ of: z.string().trim().min(1).max(2_200) }),
      read: ({ of }) => reads.history(of),
      render: renderHistoryPage,
    }),
    ...listReports(reads),
  ]
}

/** What is counted over time, and the runbook. */
function listReports(reads: Reads): Route[] {
  return [
    route({
      path: /^\/analytics$/,
      query: analyticsQuery,
      read: async ({ chart, ...query }) => ({ ...(await reads.analytics(query)), chart }),
      render: renderAnalyticsPage,
      table: (answer) => tableOfChart(answer, answer.chart),
    }),
    route({
      path: /^\/runbook$/,
      query: nothing,
      read: async () => ({ text: readRunbook() }),
      render: renderRunbookPage,
    }),
    route({
      path: /^\/drift$/,
      query: ofSource,
      read: ({ source }) => reads.drift(source),
      render: renderDriftPage,
    }),
    route({
      path: /^\/runs$/,
      query: nothing,
      read: reads.runs,
      render: renderRunsPage,
    }),
    route({
      path: /^\/retention$/,
      query: nothing,
      read: reads.retention,
      render: renderRetentionPage,
    }),
    route({
      path: /^\/runs\/new$/,
      query: nothing,
      read: reads.newBackfill,
      render: renderNewBackfillPage,
    }),
    route({
      path: /^\/actions$/,
      query: z.strictObject({
        before: z
          .string()
          .regex(/^\d{1,18}$/)
          .nullable()
          .default(null),
      }),
      read: ({ before }) => reads.actions(before),
      render: renderActionsPage,
    }),
    route({
      path: /^\/actions\/(?<id>\d{1,18})$/,
      query: z.strictObject({ id: z.string() }),
      read: ({ id }) => reads.action(id),
      render: renderActionPage,
      notFound: 'unknown_action',
    }),
    route({
      path: /^\/days$/,
      query: z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(60), source }),
      read: ({ days, source }) => reads.days(days, source),
      render: renderDaysPage,
    }),
  ]
}
