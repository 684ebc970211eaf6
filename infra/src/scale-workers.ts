import { Duration } from 'aws-cdk-lib'
import { AdjustmentType } from 'aws-cdk-lib/aws-applicationautoscaling'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { FargateService } from 'aws-cdk-lib/aws-ecs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'

export type ScalingLimits = { queue: IQueue; tasksMin: number; tasksMax: number }

/**
 * Adds workers when many messages wait per worker, or when a message has waited long, and removes them when almost none
 * wait. A worker stores several hundred small files per second, so 5,000 take it seconds. The second rule, by age, catches
 * work that is slow but not many messages.
 */
export function scaleWorkers(service: FargateService, { queue, tasksMin, tasksMax }: ScalingLimits): void {
  const scaling = service.autoScaleTaskCount({ minCapacity: tasksMin, maxCapacity: tasksMax })
  scaling.scaleOnMetric('Backlog', {
    metric: backlogPerTask(service, queue),
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
    metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) }),
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

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html counts the tasks. */
function backlogPerTask({ cluster, serviceName }: FargateService, queue: IQueue): cloudwatch.MathExpression {
  const period = Duration.minutes(1)
  return new cloudwatch.MathExpression({
    label: 'waiting messages per worker',
    expression: 'waiting / IF(tasks > 0, tasks, 1)',
    usingMetrics: {
      waiting: queue.metricApproximateNumberOfMessagesVisible({ period }),
      tasks: new cloudwatch.Metric({
        namespace: 'ECS/ContainerInsights',
        metricName: 'RunningTaskCount',
        dimensionsMap: { ClusterName: cluster.clusterName, ServiceName: serviceName },
        period,
      }),
    },
    period,
  })
}
