import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { FargateService } from 'aws-cdk-lib/aws-ecs'
import type { Condition } from './alarm-condition.ts'
import type { Parts } from './parts.ts'
import { runningTasks } from './scale-workers.ts'
import { hasWorkerMetrics } from './worker-alarms.ts'
import { workerMetrics } from './worker-metrics.ts'

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator
const { BREACHING } = cloudwatch.TreatMissingData

/** The publisher, and what workers say of the lake: they read its state from the database. */
export function lakeConditions({ deployment }: Parts, publisher: FargateService): Record<string, Condition> {
  const runbook = 'the-lake-is-late'
  const { lakeLag, lakeFailing } = workerMetrics(deployment.name)
  return {
    publisher: {
      metric: runningTasks(publisher, { period: Duration.minutes(5), statistic: 'Minimum' }),
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: BREACHING,
      meaning: 'No publisher has run for 15 minutes: its task ends, or cannot start. Files are still loaded.',
      runbook,
    },
    ...(hasWorkerMetrics(deployment)
      ? {
          'lake-late': {
            metric: lakeLag,
            comparisonOperator: GREATER_THAN_THRESHOLD,
            threshold: 7_200,
            evaluationPeriods: 3,
            meaning: 'The lake lacks changes that are stored for more than two hours.',
            runbook,
          },
          'lake-fails': {
            metric: lakeFailing,
            comparisonOperator: GREATER_THAN_THRESHOLD,
            threshold: 0,
            evaluationPeriods: 6,
            meaning: 'Publishing to the lake has failed for half an hour. What was published before stays.',
            runbook,
          },
        }
      : {}),
  }
}
