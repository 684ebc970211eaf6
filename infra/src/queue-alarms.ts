import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { Condition } from './alarm-condition.ts'
import type { AlarmGoals } from './deployment.ts'
import type { Parts } from './parts.ts'

const { GREATER_THAN_THRESHOLD, LESS_THAN_OR_EQUAL_TO_THRESHOLD } = cloudwatch.ComparisonOperator
const { BREACHING } = cloudwatch.TreatMissingData

export const quietMinutesDefault = 360

export function queueConditions({ live, backfill }: Parts, goals: AlarmGoals): Record<string, Condition> {
  const period = Duration.minutes(5)
  const quietMinutes = goals.quietMinutesMax ?? quietMinutesDefault
  const deadLetters = ({ deadLetters }: typeof live): Condition => ({
    metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
    comparisonOperator: GREATER_THAN_THRESHOLD,
    threshold: 0,
    meaning: 'Messages failed repeatedly and are in the dead-letter queue.',
    runbook: 'dead-letters',
  })
  return {
    'oldest-message': {
      metric: live.queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 3_600,
      meaning: 'A new file has waited for more than an hour.',
      runbook: 'queue-age-rises',
    },
    'dead-letters': deadLetters(live),
    'backfill-dead-letters': deadLetters(backfill),
    ...(quietMinutes === 0
      ? {}
      : {
          'no-data': {
            metric: live.queue.metricNumberOfMessagesSent({
              period: Duration.minutes(quietMinutes),
              statistic: 'Sum',
            }),
            comparisonOperator: LESS_THAN_OR_EQUAL_TO_THRESHOLD,
            threshold: 0,
            // SQS sends no metrics for a queue that has been idle for six hours.
            treatMissingData: BREACHING,
            meaning: `No new file was announced for ${quietMinutes} minutes.`,
            runbook: 'lost-events-and-loading-a-source-again',
          },
        }),
  }
}
