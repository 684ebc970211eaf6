import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import type { Parts } from './parts.ts'
import { workerMetrics } from './worker-metrics.ts'

/** One page: alarms, incoming files, their age, and the database. */
export function makeDashboard(scope: Construct, parts: Parts, { alarms }: Alarms): cloudwatch.Dashboard {
  const { deployment, live, backfill, database } = parts
  const { objects, rejectedPercent, freshPercent, drift, sharedIds, clocks } = workerMetrics(deployment.name)
  const period = Duration.minutes(5)
  const graph = (title: string, left: cloudwatch.IMetric[], right: cloudwatch.IMetric[] = []) =>
    new cloudwatch.GraphWidget({ title, left, right, width: 8, height: 6 })
  const ofDatabase = (name: string) => [database.metric(name, { period })].filter((one) => one !== undefined)
  const { queue } = live
  return new cloudwatch.Dashboard(scope, 'Dashboard', {
    dashboardName: deployment.name,
    defaultInterval: Duration.days(1),
    widgets: [
      [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 4 })],
      [
        graph('Announced and done', [
          queue.metricNumberOfMessagesSent({ period }),
          queue.metricNumberOfMessagesDeleted({ period }),
        ]),
        graph(
          'Waiting messages and age of the oldest',
          [
            queue.metricApproximateNumberOfMessagesVisible({ period }),
            backfill.queue.metricApproximateNumberOfMessagesVisible({ period, label: 'backfill' }),
          ],
          [queue.metricApproximateAgeOfOldestMessage({ period })],
        ),
        graph('Dead letters', [
          live.deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
          backfill.deadLetters.metricApproximateNumberOfMessagesVisible({ period, label: 'backfill' }),
        ]),
      ],
      [
        graph('Objects by outcome', ['stored', 'duplicate', 'rejected', 'failed', 'missing'].map(objects)),
        graph('Fresh, rejected', [freshPercent], [rejectedPercent]),
        graph('Schema drift, shared ids, clocks', [drift, sharedIds, clocks]),
      ],
      [
        graph('Database: CPU', ofDatabase('CPUUtilization')),
        graph('Database: connections', ofDatabase('DatabaseConnections')),
        graph('Database: memory', ofDatabase('FreeableMemory')),
      ],
    ],
  })
}
