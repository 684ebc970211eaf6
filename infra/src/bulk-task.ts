import * as ec2 from 'aws-cdk-lib/aws-ec2'
import type * as ecs from 'aws-cdk-lib/aws-ecs'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as scheduler from 'aws-cdk-lib/aws-scheduler'
import * as targets from 'aws-cdk-lib/aws-scheduler-targets'
import { Construct } from 'constructs'
import { makeAftercallTask } from './aftercall-task.ts'
import { grantConsuming, grantCounting, grantInspecting, grantReading, grantSending } from './grants.ts'
import type { Parts } from './parts.ts'

/**
 * The other commands, as tasks that end: `maintain` once a day, and backfill, reconcile, replay and doctor by hand (see
 * infra/README.md).
 */
export class BulkTask extends Construct {
  readonly task: ecs.FargateTaskDefinition
  readonly log: logs.LogGroup

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id)
    const { deployment, landing, live, backfill, database, cluster } = parts
    this.log = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS })
    const { task } = makeAftercallTask(this, 'Task', parts, {
      command: ['maintain'],
      cpu: 512,
      memoryMiB: 2048,
      logGroup: this.log,
      logPrefix: 'bulk',
    })
    this.task = task
    grantReading(task.taskRole, landing, deployment.sources)
    grantInspecting(task.taskRole, landing)
    grantSending(task.taskRole, [backfill.queue])
    // Replay receives and deletes dead letters; doctor counts waiting messages.
    grantConsuming(task.taskRole, [live.deadLetters, backfill.deadLetters])
    grantCounting(task.taskRole, [live.queue, backfill.queue])
    new scheduler.Schedule(this, 'DailyMaintenance', {
      description: 'Creates partitions for coming months, drops months past their retention',
      schedule: scheduler.ScheduleExpression.cron({ hour: '4', minute: '30' }),
      target: new targets.EcsRunFargateTask(cluster, {
        taskDefinition: task,
        vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        securityGroups: [database.clients],
      }),
    })
  }
}
