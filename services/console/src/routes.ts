import { readRejectionPosition } from '@aftercall/warehouse/console/rejection-groups'
import { z } from 'zod'
import type { Reads } from './open-reads.ts'
import { renderActionPage } from './pages/action-page.ts'
import { renderActionsPage } from './pages/actions-page.ts'
import { renderDaysPage } from './pages/days-page.ts'
import { renderDriftPage } from './pages/drift-page.ts'
import { renderHistoryPage } from './pages/history-page.ts'
import { renderNewBackfillPage } from './pages/new-backfill-page.ts'
import { renderOverviewPage } from './pages/overview-page.ts'
import { renderRejectionGroupPage } from './pages/rejection-group-page.ts'
import { renderRejectionPage } from './pages/rejection-page.ts'
import { renderRejectionsPage } from './pages/rejections-page.ts'
import { renderRunsPage } from './pages/runs-page.ts'
import { type Route, route } from './route.ts'

const nothing = z.strictObject({})

const position = z.string().transform((text, context) => {
  const found = readRejectionPosition(text)
  if (found === null) context.addIssue('must be the "next" of another page')
  return found
})

const rejectionPage = z.strictObject({
  code: z.string().min(1).max(100),
  state: z.enum(['open', 'replayed', 'ignored']).default('open'),
  after: position.nullable().default(null),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})

/** All pages. The same data is available as JSON under `/api`: `/api/rejections`; `/api/` is the overview. */
export function listRoutes(reads: Reads): Route[] {
  return [
    route({
      path: /^\/$/,
      query: nothing,
      read: reads.overview,
      render: renderOverviewPage,
    }),
    route({
      path: /^\/rejections$/,
      query: nothing,
      read: reads.rejections,
      render: renderRejectionsPage,
    }),
    route({
      path: /^\/rejections\/(?<id>\d{1,18})$/,
      query: z.strictObject({ id: z.string() }),
      read: ({ id }) => reads.rejection(id),
      render: renderRejectionPage,
    }),
    route({
      path: /^\/rejections\/(?<code>[^/]+)$/,
      query: rejectionPage,
      read: reads.rejectionGroup,
      render: renderRejectionGroupPage,
    }),
    route({
      path: /^\/sessions$/,
      query: nothing,
      read: () => reads.history(''),
      render: renderHistoryPage,
    }),
    route({
      path: /^\/history$/,
      query: z.strictObject({ of: z.string().trim().max(2_200).default('') }),
      read: ({ of }) => reads.history(of),
      render: renderHistoryPage,
    }),
    route({
      path: /^\/drift$/,
      query: nothing,
      read: reads.drift,
      render: renderDriftPage,
    }),
    route({
      path: /^\/runs$/,
      query: nothing,
      read: reads.runs,
      render: renderRunsPage,
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
      missing: 'There is no action with this number.',
    }),
    route({
      path: /^\/days$/,
      query: z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(60) }),
      read: ({ days }) => reads.days(days),
      render: renderDaysPage,
    }),
  ]
}
