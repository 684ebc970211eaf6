import type * as ecs from 'aws-cdk-lib/aws-ecs'
import * as events from 'aws-cdk-lib/aws-events'
import * as eventTargets from 'aws-cdk-lib/aws-events-targets'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as scheduler from 'aws-cdk-lib/aws-scheduler'
import * as targets from 'aws-cdk-lib/aws-scheduler-targets'
import * as sns from 'aws-cdk-lib/aws-sns'
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
  /** Matches each nightly `maintain` that ended with exit code 0. */
  readonly maintained: events.Rule

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
        group: maintenanceGroup,
        vpcSubnets: parts.work,
        securityGroups: [database.clients],
      }),
    })
    this.maintained = this.watchMaintenance(cluster)
  }

  /** Success is counted, not failure: a task that is never started, or whose image is gone, reports nothing. */
  private watchMaintenance({ clusterArn }: ecs.ICluster): events.Rule {
    return new events.Rule(this, 'Maintained', {
      description: 'Maintenance that ended well; an alarm counts its matches',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          clusterArn: [clusterArn],
          group: [maintenanceGroup],
          lastStatus: ['STOPPED'],
          containers: { name: ['Aftercall'], exitCode: [0] },
        },
      },
      // A rule counts the calls of its targets. This one needs no receiver.
      targets: [new eventTargets.SnsTopic(new sns.Topic(this, 'MaintenanceTopic', { enforceSSL: true }))],
    })
  }
}

/** The group of the tasks that the schedule starts. */
const maintenanceGroup = 'aftercall-maintain'
