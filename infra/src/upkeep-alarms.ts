import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { Condition } from './alarm-condition.ts'
import type { BulkTask } from './bulk-task.ts'
import type { Parts } from './parts.ts'

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator
const { BREACHING } = cloudwatch.TreatMissingData

/** What runs without anybody waiting for it. */
export function upkeepConditions({ login }: Parts, bulk: BulkTask): Record<string, Condition> {
  const conditions: Record<string, Condition> = {
    maintenance: {
      metric: new cloudwatch.Metric({
        namespace: 'AWS/Events',
        metricName: 'Invocations',
        dimensionsMap: { RuleName: bulk.maintained.ruleName },
        statistic: 'Sum',
        period: Duration.hours(6),
      }),
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 5,
      // A rule without matches has no metric.
      treatMissingData: BREACHING,
      meaning:
        'The nightly maintenance has not ended well for 30 hours. Coming months may have no partition.',
      runbook: 'maintenance-removes-nothing',
    },
  }
  login.rotationFunctions.forEach((FunctionName, position) => {
    conditions[`rotation-${position + 1}`] = {
      metric: new cloudwatch.Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensionsMap: { FunctionName },
        statistic: 'Sum',
        period: Duration.hours(1),
      }),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      meaning: 'The password of a login was not rotated. The present one stays valid.',
      runbook: 'keys-passwords-certificates',
    }
  })
  return conditions
}
