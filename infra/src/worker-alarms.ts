import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { FargateService } from 'aws-cdk-lib/aws-ecs'
import type { Condition } from './alarm-condition.ts'
import { metricNamespace } from './collector-config.ts'
import type { AlarmGoals } from './deployment.ts'
import type { Parts } from './parts.ts'
import { runningTasks } from './scale-workers.ts'
import { workerMetrics } from './worker-metrics.ts'

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator
const { BREACHING } = cloudwatch.TreatMissingData

export function workerConditions({ deployment }: Parts, goals: AlarmGoals): Record<string, Condition> {
  if (!hasWorkerMetrics(deployment)) return {}
  const metrics = workerMetrics(deployment.name)
  const hours = (goals.freshnessSeconds ?? 3_600) / 3_600
  return {
    freshness: {
      metric: metrics.freshPercent,
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: 95,
      evaluationPeriods: 2,
      meaning: `The 95th percentile of freshness is above ${hours} h: too few sessions are stored within this time after their end.`,
      runbook: 'queue-age-rises',
    },
    rejections: {
      metric: metrics.rejectedPercent,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: goals.rejectedPercentMax ?? 5,
      evaluationPeriods: 2,
      meaning: 'Many files are rejected. They are kept, and other files are still loaded.',
      runbook: 'rejections-rise',
    },
    drift: {
      metric: metrics.drift,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      meaning:
        'Files contain fields or words that this release does not know. Nothing is lost, and it is not urgent.',
      runbook: 'schema-drift-appears',
    },
    'shared-ids': {
      metric: metrics.sharedIds,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      meaning:
        'Different sessions of one source have the same id. Only the newest is in the tables; the others are kept.',
      runbook: 'sessions-share-an-id-or-a-clock-is-wrong',
    },
    clocks: {
      metric: metrics.clocks,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      meaning:
        'The clocks of a worker and of the database differ by over 15 minutes. Retention is suspended.',
      runbook: 'maintenance-removes-nothing',
    },
  }
}

/** Workers that should run, and the metrics that most other alarms need. */
export function serviceConditions(
  { deployment }: Parts,
  service: FargateService | undefined,
): Record<string, Condition> {
  const { compute, name } = deployment
  if (service === undefined || compute.kind !== 'fargate') return {}
  const period = Duration.minutes(5)
  return {
    'too-few-workers': {
      metric: runningTasks(service, { period, statistic: 'Minimum' }),
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: compute.tasksMin,
      evaluationPeriods: 3,
      treatMissingData: BREACHING,
      meaning: `Fewer than ${compute.tasksMin} workers have run for 15 minutes: tasks end, or cannot start.`,
      runbook: 'no-worker-reports',
    },
    ...(hasWorkerMetrics(deployment)
      ? {
          'no-metrics': {
            metric: new cloudwatch.Metric({
              namespace: metricNamespace,
              metricName: 'aftercall_objects_in_flight',
              dimensionsMap: { deployment: name },
              statistic: 'SampleCount',
              period,
            }),
            comparisonOperator: LESS_THAN_THRESHOLD,
            threshold: 1,
            evaluationPeriods: 3,
            treatMissingData: BREACHING,
            meaning:
              'No worker has sent metrics for 15 minutes. The alarms for freshness, rejections, drift, shared ids, clocks, rollups and the lake cannot fire.',
            runbook: 'no-worker-reports',
          },
          ...rollupConditions(name),
        }
      : {}),
  }
}

/** Workers count by hour and day; the Lambda function does not. */
function rollupConditions(deployment: string): Record<string, Condition> {
  const { rollupLag, rollupDifferences } = workerMetrics(deployment)
  const runbook = 'rollups-are-late-or-differ'
  return {
    'rollups-late': {
      metric: rollupLag,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 3_600,
      evaluationPeriods: 3,
      meaning: 'The counts by hour and day lack changes of over an hour ago.',
      runbook,
    },
    'rollups-differ': {
      metric: rollupDifferences,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      meaning: 'Rows of the counts by hour and day differ from the sessions.',
      runbook,
    },
  }
}

export const hasWorkerMetrics = ({ compute, collector }: Parts['deployment']): boolean =>
  compute.kind === 'lambda' || collector !== 'none'
