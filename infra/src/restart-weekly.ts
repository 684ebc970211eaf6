import type * as ecs from 'aws-cdk-lib/aws-ecs'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as scheduler from 'aws-cdk-lib/aws-scheduler'
import * as targets from 'aws-cdk-lib/aws-scheduler-targets'
import type { Construct } from 'constructs'

/** A task keeps the password that it started with. A password stays valid for a month after it is replaced. */
export function restartWeekly(
  scope: Construct,
  { cluster, serviceName, serviceArn }: ecs.FargateService,
  description: string,
): void {
  const restart = new targets.Universal({
    service: 'ecs',
    action: 'updateService',
    input: scheduler.ScheduleTargetInput.fromObject({
      Cluster: cluster.clusterName,
      Service: serviceName,
      ForceNewDeployment: true,
    }),
    policyStatements: [new iam.PolicyStatement({ actions: ['ecs:UpdateService'], resources: [serviceArn] })],
  })
  new scheduler.Schedule(scope, 'WeeklyRestart', {
    description,
    schedule: scheduler.ScheduleExpression.cron({ weekDay: 'TUE', hour: '9', minute: '0' }),
    target: restart,
  })
}
