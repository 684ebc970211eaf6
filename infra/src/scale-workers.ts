import { Duration } from 'aws-cdk-lib'
import { AdjustmentType } from 'aws-cdk-lib/aws-applicationautoscaling'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { FargateService } from 'aws-cdk-lib/aws-ecs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'

export type ScalingLimits = { live: IQueue; backfill: IQueue; tasksMin: number; tasksMax: number }

/** A backfill puts this many objects into a message: `objectsPerMessage` in packages/ingest/src/bulk/announce-objects.ts. */
export const objectsPerBackfillMessage = 25

/**
 * Adds workers when many files wait per worker, or when a message has waited long, and removes them when almost none
 * wait. Files of both queues count. A worker stores several hundred small files per second, so 5,000 take it seconds. The second rule, by age, catches
 * work that is slow but not many messages.
 */
export function scaleWorkers(service: FargateService, limits: ScalingLimits): void {
  const { live, tasksMin, tasksMax } = limits
  const scaling = service.autoScaleTaskCount({ minCapacity: tasksMin, maxCapacity: tasksMax })
  scaling.scaleOnMetric('Backlog', {
    metric: backlogPerTask(service, limits),
    scalingSteps: [
      { upper: 200, change: -1 },
      { lower: 5_000, change: +1 },
      { lower: 50_000, change: +3 },
    ],
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    cooldown: Duration.minutes(3),
    evaluationPeriods: 3,
  })
  scaling.scaleOnMetric('OldestMessage', {
    metric: live.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) }),
    scalingSteps: [
      // A step without change: only the backlog rule removes workers.
      { upper: 0, change: 0 },
      { lower: 300, change: +1 },
      { lower: 1_800, change: +2 },
    ],
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    cooldown: Duration.minutes(5),
    evaluationPeriods: 3,
  })
}

function backlogPerTask(
  service: FargateService,
  { live, backfill }: ScalingLimits,
): cloudwatch.MathExpression {
  const period = Duration.minutes(1)
  return new cloudwatch.MathExpression({
    label: 'waiting files per worker',
    // SQS sends no metrics for a queue that has been idle for six hours.
    expression: `(FILL(live, 0) + ${objectsPerBackfillMessage} * FILL(backfill, 0)) / IF(tasks > 0, tasks, 1)`,
    usingMetrics: {
      live: live.metricApproximateNumberOfMessagesVisible({ period }),
      backfill: backfill.metricApproximateNumberOfMessagesVisible({ period }),
      tasks: runningTasks(service, { period }),
    },
    period,
  })
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html counts the tasks. */
export function runningTasks(
  { cluster, serviceName }: FargateService,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'ECS/ContainerInsights',
    metricName: 'RunningTaskCount',
    dimensionsMap: { ClusterName: cluster.clusterName, ServiceName: serviceName },
    ...options,
  })
}
