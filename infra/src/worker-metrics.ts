import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { freshnessMetrics, metricNamespace } from './collector-config.ts'

/** The metrics that the workers, or the Lambda function, send to CloudWatch. */
export function workerMetrics(deployment: string) {
  const sum = (metricName: string, dimensions: Record<string, string> = {}, minutes = 15) =>
    new cloudwatch.Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap: { deployment, ...dimensions },
      statistic: 'Sum',
      period: Duration.minutes(minutes),
    })
  const objects = (outcome: string) => sum('aftercall_objects_total', { outcome })
  const period = Duration.minutes(15)
  /** A gauge that every worker reads from the database, so all say the same. */
  const gauge = (metricName: string) =>
    new cloudwatch.Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap: { deployment },
      statistic: 'Maximum',
      period: Duration.minutes(5),
    })
  return {
    objects,
    drift: sum('aftercall_schema_drift_total', {}, 60),
    sharedIds: sum('aftercall_session_collisions_total', {}, 60),
    clocks: sum('aftercall_clock_disagreements_total', {}, 60),
    rollupLag: gauge('aftercall_rollup_lag_seconds'),
    rollupDifferences: gauge('aftercall_rollup_differences'),
    lakeLag: gauge('aftercall_publish_lag_seconds'),
    lakeFailing: gauge('aftercall_publish_failing'),
    rejectedPercent: new cloudwatch.MathExpression({
      label: 'rejected %',
      // With only a few files, a single one is not a meaningful rate.
      expression: 'IF(FILL(everything, 0) >= 20, 100 * FILL(rejected, 0) / everything, 0)',
      usingMetrics: { everything: sum('aftercall_objects_total'), rejected: objects('rejected') },
      period,
    }),
    freshPercent: new cloudwatch.MathExpression({
      label: 'stored within the goal, %',
      expression: 'IF(FILL(sessions, 0) >= 20, 100 * FILL(within, 0) / sessions, 100)',
      usingMetrics: { sessions: sum(freshnessMetrics.all), within: sum(freshnessMetrics.within) },
      period,
    }),
  }
}
